import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, readYaml } from '../agencies/data-file.js';
import type { Directory } from '../agencies/directory.js';
import { Invalid } from '../web/errors.js';
import { differences, readScenarios } from './compare.js';
import type { Scenario } from './compare.js';
import { decide } from './decide.js';
import { parseFacets } from './facets.js';
import type { FacetCatalogue } from './facets.js';
import type { Ruleset } from './ruleset.js';

/** How the scenarios come out under a ruleset. */
export interface ScenarioReport {
  readonly count: number;
  /** Those that come out otherwise than expected: ids, and what differs in a few words. */
  readonly wrong: readonly { readonly id: string; readonly differences: readonly string[] }[];
}

/**
 * Reads the scenarios that a ruleset must meet before it is published: every file of `scenarios/`.
 *
 * @throws DataError naming file and scenario, and where there is none
 */
export function loadScenarios(folder: string): readonly Scenario[] {
  const under = join(folder, 'scenarios');
  const files = readdirSync(under).filter((name) => name.endsWith('.yaml'));
  const scenarios = files.sort().flatMap((name) => readScenarios(readYaml(join(under, name)), join(under, name)));
  if (scenarios.length === 0) throw new DataError(`${under} holds no scenario.`);
  return scenarios;
}

/** Decides every scenario by a ruleset. */
export function reportOn(
  scenarios: readonly Scenario[],
  ruleset: Ruleset,
  directory: Directory,
  catalogue: FacetCatalogue,
): ScenarioReport {
  const wrong = scenarios.flatMap((scenario) => {
    const found = checkScenario(scenario, ruleset, directory, catalogue);
    return found.length === 0 ? [] : [{ id: scenario.id, differences: found }];
  });
  return { count: scenarios.length, wrong };
}

/** What of one scenario comes out otherwise than expected, each in a few words. */
export function checkScenario(
  { facets, expect }: Scenario,
  ruleset: Ruleset,
  directory: Directory,
  catalogue: FacetCatalogue,
): readonly string[] {
  try {
    return differences(decide(ruleset, directory, parseFacets(catalogue, directory, facets)), expect);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return error.fields.map(({ field, code }) => `facet ${field}: ${code}`);
  }
}

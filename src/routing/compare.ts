import { Fields } from '../agencies/data-file.js';
import type { Decision } from './decide.js';

/** What a scenario expects of a decision. */
export interface Expectation {
  readonly outcome: string;
  readonly path: string | null;
  readonly destinationAnyOf: readonly string[];
  readonly mustOffer: readonly string[];
  readonly mustNotOffer: readonly string[];
  readonly warnings: readonly string[];
  readonly warningsAbsent: readonly string[];
}

export interface Scenario {
  readonly id: string;
  readonly facets: unknown;
  readonly expect: Expectation;
}

/**
 * Reads a scenario file; `config/routing/scenarios/routing.yaml` says at its head what each field means.
 *
 * @throws DataError naming the scenario
 */
export function readScenarios(value: unknown, path: string): readonly Scenario[] {
  const file = new Fields(value, path, ['version', 'warning_codes', 'scenarios']);
  return file.list('scenarios').map((each, index) => {
    const where = `${path}, scenario ${(index + 1).toString()}`;
    const scenario = new Fields(each, where, ['id', 'story', 'facets', 'expect', 'basis', 'firmness']);
    const expect = scenario.fields('expect', [
      'outcome',
      'path',
      'destination_any_of',
      'must_offer',
      'must_not_offer',
      'warnings',
      'warnings_absent',
    ]);
    const list = (key: string): readonly string[] => (expect.has(key) ? expect.texts(key) : []);
    return {
      id: scenario.text('id'),
      facets: scenario.get('facets'),
      expect: {
        outcome: expect.text('outcome'),
        path: expect.get('path') === null ? null : expect.text('path'),
        destinationAnyOf: list('destination_any_of'),
        mustOffer: list('must_offer'),
        mustNotOffer: list('must_not_offer'),
        warnings: list('warnings'),
        warningsAbsent: list('warnings_absent'),
      },
    };
  });
}

/**
 * Compares a decision with what was expected.
 *
 * @returns what differs, each in a few words; empty when it is as expected
 */
export function differences(decision: Decision, expected: Expectation): readonly string[] {
  const first = decision.destination?.id;
  const offered = [...(first === undefined ? [] : [first]), ...decision.alternatives.map(({ id }) => id)];
  const warned = decision.warnings.map(({ code }) => code);
  // A stop shows ways on instead of sending anywhere: one of those expected has to be among them.
  const shown = decision.outcome === 'stop' ? offered : offered.slice(0, first === undefined ? 0 : 1);
  const wrong: string[] = [];
  if (decision.outcome !== expected.outcome) wrong.push(`outcome ${decision.outcome}, not ${expected.outcome}`);
  if (decision.path !== expected.path) wrong.push(`path ${decision.path ?? 'none'}, not ${expected.path ?? 'none'}`);
  if (expected.destinationAnyOf.length > 0 && !shown.some((id) => expected.destinationAnyOf.includes(id))) {
    wrong.push(`destination ${first ?? 'none'}, not ${expected.destinationAnyOf.join(' or ')}`);
  }
  for (const id of expected.mustOffer) if (!offered.includes(id)) wrong.push(`does not offer ${id}`);
  for (const id of expected.mustNotOffer) if (offered.includes(id)) wrong.push(`offers ${id}`);
  for (const code of expected.warnings) if (!warned.includes(code)) wrong.push(`does not warn ${code}`);
  for (const code of expected.warningsAbsent) if (warned.includes(code)) wrong.push(`warns ${code}`);
  return wrong;
}

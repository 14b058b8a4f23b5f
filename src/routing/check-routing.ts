import { DataError, readYaml } from '../agencies/data-file.js';
import { loadDirectory } from '../agencies/directory.js';
import { readScenarios } from './compare.js';
import type { Scenario } from './compare.js';
import { loadFacetCatalogue } from './facets.js';
import { checkScenario } from './scenario-report.js';
import { loadRuleset } from './ruleset.js';

/** `npm run check:routing -- FILE…`: 0 all as expected, 1 some differ, 2 a file cannot be used. */
function main(files: readonly string[]): number {
  if (files.length === 0) {
    console.error('Name at least one scenario file: npm run check:routing -- FILE…');
    return 2;
  }
  const directory = loadDirectory();
  const catalogue = loadFacetCatalogue();
  const ruleset = loadRuleset(directory, catalogue);
  const check = (scenario: Scenario): boolean => {
    const wrong = checkScenario(scenario, ruleset, directory, catalogue);
    if (wrong.length > 0) console.log(`${scenario.id}: ${wrong.join('; ')}`);
    return wrong.length === 0;
  };
  const results = files.flatMap((file) => readScenarios(readYaml(file), file)).map(check);
  const right = results.filter(Boolean).length;
  console.log(`${right.toString()} of ${results.length.toString()} as expected`);
  return right === results.length ? 0 : 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof DataError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

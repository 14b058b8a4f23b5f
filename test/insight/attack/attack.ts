import process from 'node:process';
import { attackTable } from './attack-table.js';
import { writeAttackResults } from './attack-results.js';
import { attackAll } from './harness.js';
import { broken } from './verdict.js';

// Prints how every attack did, and fails if one did what it must not, or did not what it must. With `--write` what was
// found is what releases are published with from then on, unless it failed.
const sizes = {
  complaints: 10_000,
  asked: 4_000,
  drawn: 100_000,
  audited: 200_000,
  months: 6,
  looked: 100,
  lookedToCompare: 100,
};
const report = await attackAll(sizes, (words) => process.stderr.write(`${words}\n`));
const failed = broken(report);
process.stdout.write(attackTable(report));
for (const each of failed) process.stdout.write(`BROKEN: ${each}\n`);
process.stdout.write(`${JSON.stringify({ attack: report, broken: failed })}\n`);
if (process.argv.includes('--write') && failed.length === 0) {
  await writeAttackResults('config/open-data/attacks.json', report.findings);
}
process.exitCode = failed.length > 0 ? 1 : 0;

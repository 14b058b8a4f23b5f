import { readFileSync } from 'node:fs';
import process from 'node:process';

/*
 * `npm sbom --sbom-format cyclonedx | node config/licences.mjs`: checks the list of what we are made of (CycloneDX, JSON)
 * against the licences that we take. Prints each part that has another, or none, and then exits with 1.
 */
const TAKEN = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'PostgreSQL',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
]);

/** Whether an SPDX expression leaves us a licence that we take: every part of an AND, one of an OR. */
function isTaken(expression) {
  const plain = expression.replace(/[()]/g, ' ').trim();
  if (/\bAND\b/.test(plain)) return plain.split(/\s+AND\s+/).every(isTaken);
  return plain.split(/\s+OR\s+/).some((one) => TAKEN.has(one.trim()));
}

/* Parts that say where their licence stands, and not which it is; it was read there. */
const READ = new Map([['uri-templates 0.2.0', 'Unlicense']]);

function licencesOf({ name, version, licenses = [] }) {
  const read = READ.get(`${name} ${version}`);
  if (read !== undefined) return [read];
  return licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '');
}

const { components = [] } = JSON.parse(readFileSync(0, 'utf8'));
const wrong = components.filter((part) => licencesOf(part).length === 0 || !licencesOf(part).every(isTaken));
for (const part of wrong) {
  process.stdout.write(`${part.name} ${part.version}: ${licencesOf(part).join(', ') || 'no licence'}\n`);
}
process.stdout.write(`${components.length.toString()} parts, ${wrong.length.toString()} under another licence\n`);
if (wrong.length > 0 || components.length === 0) process.exitCode = 1;

import { load } from 'js-yaml';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configPath } from '../../src/agencies/data-file.js';

/** The first ruleset that the project published. */
export const FIRST = '2026-11-22';

/** A folder of rulesets for a server of a test: the first one, published, and others made from it. */
export interface RulesFolder {
  readonly path: string;
  /** Adds a ruleset that sends complaints about one organisation to another, whatever they are about. */
  add(version: string, about: string, destination: string): Promise<void>;
  /** Adds words that change nothing, and the hash with them. */
  touch(file: string): Promise<void>;
  remove(): Promise<void>;
}

/** One story, which any ruleset of a test must leave as it is. */
const SCENARIO = {
  id: 'ONE-1',
  story: 'They have had my return for a year.',
  facets: { danger: 'none', classified: 'no', relationship: 'service_user', about: 'ird', topic: 'tax' },
  expect: { outcome: 'route', path: 'complaint', destination_any_of: ['ird'] },
  basis: 'Invented.',
  firmness: 'judgement',
};

export async function makeRulesFolder(): Promise<RulesFolder> {
  const path = await mkdtemp(join(tmpdir(), 'onedoor-rules-'));
  const first = configPath('routing', `${FIRST}.yaml`);
  await cp(first, join(path, `${FIRST}.yaml`));
  await mkdir(join(path, 'scenarios'));
  // JSON is YAML.
  await writeFile(
    join(path, 'scenarios', 'one.yaml'),
    JSON.stringify({ version: 1, warning_codes: {}, scenarios: [SCENARIO] }),
  );
  const text = await readFile(first, 'utf8');
  const sha256 = createHash('sha256').update(text).digest('hex');
  await writeFile(
    join(path, 'published.yaml'),
    JSON.stringify({ published: [{ version: FIRST, from: FIRST, sha256 }] }),
  );
  return {
    path,
    add: async (version, about, destination) => {
      const ruleset = load(text) as { version: string; destinations: object[] };
      ruleset.version = version;
      ruleset.destinations.unshift({
        id: `d-${about}-elsewhere`,
        when: { path: ['complaint'], about: [about] },
        destination: [destination],
        reason: { en: 'It goes elsewhere now.' },
        basis: { source: 'Invented' },
        confidence: 'sourced',
      });
      await writeFile(join(path, `${version}.yaml`), JSON.stringify(ruleset));
    },
    touch: async (file) => {
      await writeFile(join(path, file), `${await readFile(join(path, file), 'utf8')}\n# changed\n`);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

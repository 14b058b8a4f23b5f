import { configPath, DataError, Fields, readYaml } from '../../../agencies/data-file.js';
import type { AttackResult } from '../files/attack-result.js';

const KEYS = ['attack', 'mechanism', 'success', 'baseline', 'bound'];

/**
 * What known attacks achieve, as `npm run attack -- --write` found and wrote it: published with every release.
 *
 * @param path of a JSON list; default `config/open-data/attacks.json`
 * @throws DataError in a sentence that says where, when anything is missing or is no share from 0 to 1
 */
export function loadAttacks(path = configPath('open-data', 'attacks.json')): readonly AttackResult[] {
  // JSON is YAML too.
  const rows = readYaml(path);
  if (!Array.isArray(rows)) throw new DataError(`${path} must be a list.`);
  return rows.map((value: unknown, at) => {
    const row = new Fields(value, `${path}, row ${(at + 1).toString()}`, KEYS);
    const share = (key: string): number => {
      const found = row.get(key);
      if (typeof found !== 'number' || found < 0 || found > 1)
        throw row.refuse(`needs a share from 0 to 1 under ${key}`);
      return found;
    };
    return {
      attack: row.text('attack'),
      mechanism: row.text('mechanism'),
      success: share('success'),
      baseline: share('baseline'),
      bound: row.get('bound') === null ? null : share('bound'),
    };
  });
}

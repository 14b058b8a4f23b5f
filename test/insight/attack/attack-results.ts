import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import type { AttackResult } from '../../../src/insight/open-data/files/attack-result.js';
import type { Finding } from './finding.js';

/** What is published with every release of what attacks found: shares to three places, as the quality statement has them. */
export function attackResults(findings: readonly Finding[]): AttackResult[] {
  return findings.map(({ attack, mechanism, success, baseline, bound }) => {
    return {
      attack,
      mechanism,
      success: rounded(success),
      baseline: rounded(baseline),
      bound: bound && rounded(bound),
    };
  });
}

/** Writes it, formatted as all files here are. The same findings make the same bytes. @param path of a JSON file */
export async function writeAttackResults(path: string, findings: readonly Finding[]): Promise<void> {
  const options = await resolveConfig(path);
  await writeFile(path, await format(JSON.stringify(attackResults(findings)), { ...options, filepath: path }));
}

function rounded(share: number): number {
  return Number(share.toFixed(3));
}

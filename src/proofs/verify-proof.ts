import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { serviceKeysOf } from '../../config/service-keys.js';
import { loadSettings, SettingsError } from '../../config/settings.js';
import { loadDirectory } from '../agencies/directory.js';
import { pinnedKeys } from '../agencies/key-log/pinned-keys.js';
import { verifyProof, type ProofReport } from '../vault/proof.js';
import { readProofKeys, type ProofKeys } from '../vault/proof-file.js';
import { VaultError } from '../vault/suite.js';
import { Translations } from '../web/translations.js';
import { findingSentences, namesIn } from './finding-sentences.js';
import { proofKeys } from './proof-keys.js';
import { sayFinding } from './say-finding.js';

const USAGE = `Checks a promise, or a proof with its opening, offline.

  npm run verify:proof -- FILE… [--keys FILE]

  FILE    the promise as it was answered, a saved proof, or what was saved as evidence; several of one lodging together
  --keys  the published keys, saved from /api/v1/proofs/keys; else those of this service are taken

Exits with 0 where everything that is there holds, 1 where anything does not, 2 where it was wrongly called.
`;

try {
  process.exitCode = await main();
} catch (error) {
  // No other message: it may quote what it was given.
  process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : USAGE);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { keys: { type: 'string' } }, allowPositionals: true });
  if (positionals.length === 0) throw new TypeError('no file');
  const texts = await Promise.all(positionals.map((path) => readFile(path, 'utf8')));
  const report = await reportOn(texts.map(parsed), values.keys);
  const t = new Translations().in('en');
  const words = { sentences: findingSentences(t), names: namesIn(loadDirectory(), 'en') };
  const lines = [t(report.holds ? 'proof.holds' : 'proof.fails')];
  for (const is of ['wrong', 'shown', 'open'] as const) {
    const said = report.says.filter((one) => one.is === is);
    if (said.length > 0) lines.push('', t(`proof.${is}`), ...said.map((one) => `  - ${sayFinding(one, words)}`));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return report.holds ? 0 : 1;
}

async function reportOn(files: readonly unknown[], keysFile: string | undefined): Promise<ProofReport> {
  try {
    return await verifyProof(files, await keysOf(keysFile));
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return { holds: false, says: [{ code: 'keys_unreadable', is: 'wrong', values: {} }], words: [] };
  }
}

async function keysOf(file: string | undefined): Promise<ProofKeys> {
  if (file !== undefined) return readProofKeys(parsed(await readFile(file, 'utf8')));
  const settings = loadSettings(process.env);
  // Not made here: nothing was ever promised with keys of this minute.
  const keys = await serviceKeysOf(settings, false);
  return proofKeys(keys, await pinnedKeys(settings, keys));
}

/** What is no JSON is no proof, and is said to be none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { makeKeyPair, type MadeKey } from '../../src/vault/keys.js';
import { SUITE } from '../../src/vault/suite.js';
import type { BenchStand } from './bench-stand.js';
import { ask } from './child-messages.js';
import { say } from './machine.js';
import type { ToSeal } from './sealer.js';

/** Really sealed lodgings, and the agency key that all of them are sealed to. */
export interface SealedPool {
  readonly key: MadeKey;
  /** A file with one submission's `sealed`, `grants` and `mailbox` a line, as JSON. */
  readonly file: string;
}

/** Where they are kept from run to run: sealing one takes twenty times as long as lodging it. */
const FOLDER = resolve('var/bench');
const BATCH = 50;

/**
 * Has at least `count` lodgings sealed to a key of the agency `receiver`, using those of earlier runs: each run lodges
 * them into a new database.
 */
export async function sealedPool(stand: BenchStand, receiver: string, count: number): Promise<SealedPool> {
  await mkdir(FOLDER, { recursive: true });
  const name = join(FOLDER, `${SUITE}-${receiver}`);
  const key = await keptKey(`${name}.jwk`);
  const file = `${name}-${key.kid}.ndjson`;
  let there = await linesOf(file);
  if (there < count) say(`sealing     ${(count - there).toString()} submissions (kept for the next run in ${FOLDER})`);
  const question = { reader: { kid: key.kid, jwk: key.jwk }, receiver, day: todayInAuckland() };
  let kept = Promise.resolve();
  const seal = async (): Promise<void> => {
    const sealer = stand.fork('sealer.ts');
    while (there < count) {
      const share = Math.min(BATCH, count - there);
      there += share;
      const sealed = await ask<string[]>(sealer, { ...question, count: share } satisfies ToSeal);
      // One after the other: what is long is appended in pieces, which would come to lie between each other.
      kept = kept.then(() => appendFile(file, sealed.map((line) => `${line}\n`).join(''), { mode: 0o600 }));
      await kept;
    }
    sealer.disconnect();
  };
  if (there < count) await Promise.all(Array.from({ length: availableParallelism() }, seal));
  return { key, file };
}

async function keptKey(path: string): Promise<MadeKey> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as MadeKey;
  } catch {
    const key = await makeKeyPair('agreement');
    await writeFile(path, JSON.stringify(key), { mode: 0o600 });
    return key;
  }
}

async function linesOf(path: string): Promise<number> {
  const content = await readFile(path).catch(() => Buffer.alloc(0));
  let lines = 0;
  for (let at = content.indexOf(10); at >= 0; at = content.indexOf(10, at + 1)) lines++;
  return lines;
}

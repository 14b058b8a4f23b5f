import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const PROJECT = join(import.meta.dirname, '..', '..');
const HOOKS = pathToFileURL(join(PROJECT, 'test', 'support', 'typescript.mjs')).href;
const COMMAND = ['--import', HOOKS, join(PROJECT, 'src', 'agencies', 'key-log', 'witness-command.ts')];

/** How a run of the witness ended. */
export interface Run {
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the witness's command to its end, knowing nothing but its arguments. */
export function runWitness(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...COMMAND, ...args], { env: { PATH: process.env.PATH } }, (error, out, err) => {
      resolve({ code: error ? (error.code ?? null) : 0, out, err });
    });
  });
}

/** Runs it until it has said this, then kills it with no chance to tidy up. */
export async function killWitnessAfter(said: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [...COMMAND, ...args], { env: { PATH: process.env.PATH } });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    if (out.includes(said)) child.kill('SIGKILL');
  });
  await once(child, 'exit');
}

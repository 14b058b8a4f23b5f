import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { argumentsFor, runCommand, type Ended } from '../support/command.js';

const ENTRY = 'src/agencies/key-log/witness-command.ts';

/** Runs the witness's command to its end, knowing nothing but its arguments. */
export function runWitness(...args: string[]): Promise<Ended> {
  return runCommand(ENTRY, args);
}

/** Runs it until it has said this, then kills it with no chance to tidy up. */
export async function killWitnessAfter(said: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [...argumentsFor(ENTRY), ...args], { env: { PATH: process.env.PATH } });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    if (out.includes(said)) child.kill('SIGKILL');
  });
  await once(child, 'exit');
}

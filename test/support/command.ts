import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const PROJECT = join(import.meta.dirname, '..', '..');
const HOOKS = pathToFileURL(join(import.meta.dirname, 'typescript.mjs')).href;

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What Node is started with to run a program: what is ours as it was built, which starts in half the time; a test's own
 * script from its source.
 *
 * @param entry path of its source from the project's root, such as `src/main.ts`
 */
export function argumentsFor(entry: string): string[] {
  return entry.startsWith('src/')
    ? [join(PROJECT, 'dist', entry.replace(/\.ts$/, '.js'))]
    : ['--import', HOOKS, join(PROJECT, entry)];
}

/** Runs a program to its end, in the project's root. It knows of its surroundings only what it is told. */
export function runCommand(
  entry: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const env = { PATH: process.env.PATH, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [...argumentsFor(entry), ...words], { env, cwd: PROJECT }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? null) : 0, stdout, stderr });
    });
  });
}

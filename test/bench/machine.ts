import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';

/** What this machine is. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${availableParallelism().toString()} cores (${model}), Node ${process.version}`;
}

/** Load of the machine over the last minute, all processes together. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

/** What a process has used: memory in MiB, now and at most, and milliseconds of a core. */
export interface Usage {
  readonly resident: number;
  readonly peak: number;
  readonly cpu: number;
}

/** Clock ticks are hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** @returns null where the system does not tell (it has no `/proc`) */
export function usageOf({ pid = 0 }: ChildProcess): Usage | null {
  try {
    const status = readFileSync(`/proc/${pid.toString()}/status`, 'latin1');
    const mebibytes = (name: string): number =>
      Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
    const fields = readFileSync(`/proc/${pid.toString()}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    const cpu = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    return { resident: mebibytes('VmRSS'), peak: mebibytes('VmHWM'), cpu };
  } catch {
    return null;
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions } from './child-messages.js';
import { HttpConnection } from './http-connection.js';
import { latenciesOf, type Latencies } from './latencies.js';

/** Reads the pool and writes the requests. */
export interface LodgerLoad {
  readonly load: {
    readonly origin: string;
    readonly file: string;
    readonly facets: object;
    /** Which lines of the file: the first, and the one after the last. */
    readonly from: number;
    readonly to: number;
  };
}

/**
 * Sends them, over so many connections for so many seconds, and waits for what is under way. With a rate they are sent at
 * its beat, whatever the answers take; without, as fast as they are answered.
 */
export interface LodgerRun {
  readonly run: { readonly connections: number; readonly seconds: number; readonly perSecond?: number };
}

export interface LodgerResult {
  /** Acknowledged cases: id and reference. */
  readonly acknowledged: readonly { readonly id: string; readonly reference: string }[];
  readonly count: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly latencies: Latencies;
  /** Other answers, and their number: a status, or the failure of a connection. */
  readonly errors: Readonly<Record<string, number>>;
  /** Whether the requests ran out before the time did. */
  readonly ranOut: boolean;
}

interface Prepared {
  readonly caseId: string;
  readonly request: Buffer;
}

let origin = '';
let prepared: Prepared[] = [];
let next = 0;

answerQuestions((question: LodgerLoad | LodgerRun) => ('load' in question ? load(question.load) : run(question.run)));

async function load(what: LodgerLoad['load']): Promise<object> {
  ({ origin } = what);
  [prepared, next] = [[], 0];
  let line = -1;
  const { host } = new URL(origin);
  const facets = JSON.stringify(what.facets);
  for await (const parts of createInterface({ input: createReadStream(what.file) })) {
    line++;
    if (line < what.from) continue;
    if (line === what.to) break;
    if (!isWhole(parts)) continue;
    const caseId = /"case":"([^"]+)"/.exec(parts)?.[1] ?? '';
    const body = `{"facets":${facets},${parts.slice(1)}`;
    const head = [
      'POST /api/v1/submissions HTTP/1.1',
      `host: ${host}`,
      'content-type: application/json',
      `idempotency-key: ${randomBytes(24).toString('base64url')}`,
      `content-length: ${Buffer.byteLength(body).toString()}`,
    ];
    prepared.push({ caseId, request: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`) });
  }
  return { loaded: prepared.length };
}

/** A run that was stopped while it sealed may have left half a line. */
function isWhole(line: string): boolean {
  try {
    return JSON.parse(line) !== null;
  } catch {
    return false;
  }
}

async function run({ connections, seconds, perSecond }: LodgerRun['run']): Promise<LodgerResult> {
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(origin)));
  const answers: { caseId: string; body: Buffer }[] = [];
  const times: number[] = [];
  const errors: Record<string, number> = {};
  const count = (error: string): void => void (errors[error] = (errors[error] ?? 0) + 1);
  const began = performance.now();
  const until = began + seconds * 1000;
  let ranOut = false;
  let beats = 0;
  const nextBeat = async (): Promise<void> => {
    if (perSecond === undefined) return;
    const at = began + (beats++ * 1000) / perSecond;
    await sleep(Math.max(0, at - performance.now()));
  };
  const lodge = async (connection: HttpConnection): Promise<void> => {
    while (performance.now() < until) {
      await nextBeat();
      if (performance.now() >= until) return;
      const one = prepared[next++];
      if (!one) {
        ranOut = true;
        return;
      }
      const sent = performance.now();
      const { status, body } = await connection.send(one.request);
      times.push(performance.now() - sent);
      if (status === 201) answers.push({ caseId: one.caseId, body });
      else count(status.toString());
    }
  };
  await Promise.all(
    open.map((connection) =>
      lodge(connection).catch((error: unknown) => {
        count(String(error));
      }),
    ),
  );
  const took = (performance.now() - began) / 1000;
  for (const connection of open) connection.close();
  const acknowledged = answers.map(({ caseId, body }) => {
    const { reference } = JSON.parse(body.toString()) as { reference: string };
    return { id: caseId, reference };
  });
  return {
    acknowledged,
    count: acknowledged.length,
    perSecond: acknowledged.length / took,
    seconds: took,
    latencies: latenciesOf(times),
    errors,
    ranOut,
  };
}

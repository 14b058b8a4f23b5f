import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readPublicJwk } from '../../vault/keys.js';
import { look, type AskLog, type Look } from './witness.js';
import { WitnessState, WitnessStateError } from './witness-state.js';

const USAGE = `Watches a log of keys, and signs what it saw.

  npm run witness -- --state DIR --server https://onedoor.example [--log-key FILE] [--every SECONDS] [--once]
  npm run witness -- --state DIR --key

  --state    a directory of your own, mode 0700: your key, and the last head you saw
  --server   the public side of the service
  --log-key  JWK of the log, if you were given it; else the first one seen is believed from then on
  --key      prints your public key, to be named in KEY_WITNESSES, and ends
  --once     looks once and ends; else looks every minute, or every SECONDS
`;

/** Exit codes: 0 signed, 1 not signed this time, 2 wrongly called or unreachable, 3 a second history. */
const CODES = { cosigned: 0, refused: 1, second_history: 3 } as const;

/** Milliseconds one answer may take. */
const LONGEST = 30_000;

try {
  process.exitCode = await main();
} catch (error) {
  // No other message: it may quote what it was given.
  process.stderr.write(error instanceof WitnessStateError ? `${error.message}\n` : USAGE);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      state: { type: 'string' },
      server: { type: 'string' },
      'log-key': { type: 'string' },
      every: { type: 'string', default: '60' },
      once: { type: 'boolean', default: false },
      key: { type: 'boolean', default: false },
    },
  });
  const state = await WitnessState.open(values.state ?? '');
  if (values.key) {
    process.stdout.write(`${JSON.stringify(state.signer.jwk)}\n`);
    return 0;
  }
  const ask = asking(new URL('/api/v1/key-log', values.server).href);
  const file = values['log-key'];
  const expected = file === undefined ? undefined : readPublicJwk(JSON.parse(await readFile(file, 'utf8')));
  const every = Number(values.every) * 1000;
  if (!(every >= 1000)) throw new TypeError('every');
  for (;;) {
    const code = await lookOnce(state, ask, expected);
    // Whoever runs this must hear of a second history: it does not go on as if nothing had been.
    if (values.once || code === CODES.second_history) return code;
    await sleep(every);
  }
}

async function lookOnce(
  state: WitnessState,
  ask: AskLog,
  expected: ReturnType<typeof readPublicJwk> | undefined,
): Promise<number> {
  try {
    const came = await look(state, ask, { expected });
    tell(came);
    return CODES[came.came];
  } catch (error) {
    if (error instanceof WitnessStateError) throw error;
    process.stderr.write('The log could not be asked, or gave no answer that can be read. Nothing was signed.\n');
    return 2;
  }
}

function tell(came: Look): void {
  switch (came.came) {
    case 'cosigned':
      process.stdout.write(`signed ${came.head.size.toString()} entries as of ${came.head.at}\n`);
      break;
    case 'refused':
      process.stderr.write(`not signed: ${came.why}\n`);
      break;
    case 'second_history':
      process.stderr.write(
        `THIS LOG HAS TWO HISTORIES. What it shows now does not continue what you signed before. Both signed heads lie in ${came.evidence}. ` +
          'Nothing was signed. Make it public, and ask the operator in front of others.\n',
      );
  }
}

function asking(base: string): AskLog {
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(base + path, { ...init, redirect: 'error', signal: AbortSignal.timeout(LONGEST) });
    return answer;
  };
  return {
    async get(path) {
      const answer = await send(path);
      if (!answer.ok && answer.status !== 404) throw new TypeError('refused');
      return answer.status === 404 ? null : answer.json();
    },
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const answer = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new TypeError('refused');
    },
  };
}

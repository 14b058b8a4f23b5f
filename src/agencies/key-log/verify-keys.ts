import 'reflect-metadata';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createDataSource } from '../../../config/data-source.js';
import { Database } from '../../../config/database.js';
import { EmbeddedPostgresError } from '../../../config/embedded-programs.js';
import { startEmbeddedPostgres } from '../../../config/embedded-postgres.js';
import { serviceKeysOf } from '../../../config/service-keys.js';
import { loadSettings, SettingsError } from '../../../config/settings.js';
import { KEEPER } from './key-log-keeper.js';
import { pinnedKeys, type PinnedKeys } from './pinned-keys.js';
import { compareReaders } from './published-readers.js';
import { servedLogToVerify } from './served-log-to-verify.js';
import { storedLogToVerify } from './stored-log-to-verify.js';
import { verifyLog, type KeyLogReport, type LogToVerify } from './verify-log.js';

/*
 * `npm run verify:keys`: exits with 0 where the log of keys is whole and agrees with the tables, 1 where not, 2 where it
 * could not be read. Arguments are heads that an earlier run printed and that were noted elsewhere. With `--server ORIGIN`
 * it reads what that server shows to anybody, and no database; then it compares the readers that senders are given as well.
 */
try {
  const { values, positionals } = parseArgs({ options: { server: { type: 'string' } }, allowPositionals: true });
  const report = await verifyAsSet(values.server, positionals);
  process.stdout.write(`${describe(report).join('\n')}\n`);
  process.exitCode = report.faults.length === 0 ? 0 : 1;
} catch (error) {
  // No other message: a driver's may quote what it was given.
  const known = error instanceof SettingsError || error instanceof EmbeddedPostgresError;
  process.stderr.write(
    `${known ? error.message : 'The log of keys could not be read: see that what holds it runs.'}\n`,
  );
  process.exitCode = 2;
}

async function verifyAsSet(server: string | undefined, kept: readonly string[]): Promise<KeyLogReport> {
  const settings = loadSettings(process.env);
  // Before anything is started: a log cannot be verified with keys, or in a home, made this minute.
  const pins = await pinnedKeys(settings, await serviceKeysOf(settings, false));
  if (server !== undefined) return verifyServed(server, pins, kept);
  const embedded = settings.embedded ? await startEmbeddedPostgres(settings.ONEDOOR_HOME) : undefined;
  try {
    return await verifyLog(await storedLog(settings.DATABASE_URL ?? embedded?.applicationUrl ?? ''), pins, kept);
  } finally {
    await embedded?.stop();
  }
}

/** Compares what senders are given with the log too, where that can be told: a log that is not whole says nothing of keys. */
async function verifyServed(server: string, pins: PinnedKeys, kept: readonly string[]): Promise<KeyLogReport> {
  const served = await servedLogToVerify(server);
  const report = await verifyLog(served, pins, kept);
  if (report.faults.length > 0) return report;
  const texts = served.entries.map(({ entry }) => entry);
  return { ...report, faults: await compareReaders(served.published, texts, served.witnessed) };
}

async function storedLog(url: string): Promise<LogToVerify> {
  const dataSource = await createDataSource(url, [], { max: 1, statementTimeout: 0 }).initialize();
  try {
    return await new Database(dataSource).asActor(KEEPER, storedLogToVerify, { oneMoment: true });
  } finally {
    await dataSource.destroy();
  }
}

/** The report as lines to be read by people. */
function describe({ entries, heads, lastHead, faults }: KeyLogReport): string[] {
  const lines = [`${entries.toString()} entries, ${heads.toString()} signed heads.`];
  if (lastHead) lines.push('The last head, to be noted elsewhere and given to a later run:', lastHead);
  return faults.length === 0
    ? [...lines, 'The log of keys is whole.']
    : [
        ...lines,
        'The log of keys was changed, or keys do not agree with it:',
        ...faults.map((fault) => `  ${fault.kind} ${fault.subject}`),
      ];
}

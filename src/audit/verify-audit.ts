import type { JWK } from 'jose';
import { open, readFile } from 'node:fs/promises';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { EmbeddedPostgresError } from '../../config/embedded-programs.js';
import { startEmbeddedPostgres } from '../../config/embedded-postgres.js';
import { serviceKeysOf } from '../../config/service-keys.js';
import { loadSettings, SettingsError } from '../../config/settings.js';
import { verifyAudit, type AuditReport } from './audit-report.js';
import { withStoredAudit } from './audit-source.js';
import { verifyExport, type ExportReport } from './verify-export.js';

/*
 * `npm run verify:audit`: exits with 0 where the log is whole, 1 where it was changed, 2 where it could not be read.
 * Arguments are heads that an earlier run printed and that were noted elsewhere; the log is held to them as well, and to
 * every head in a file given by `--heads FILE`, such as kept answers of `/api/v1/audit/heads`.
 *
 * With `--export FILE --keys FILE` it verifies what an auditor exported, offline: the keys are an answer of `/api/v1/keys`.
 */
try {
  const FILE = { type: 'string' } as const;
  const options = { heads: FILE, export: FILE, keys: FILE };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.export === undefined) {
    const kept = values.heads === undefined ? [] : headsIn(await readFile(values.heads, 'utf8'));
    const report = await verifyAsSet([...positionals, ...kept]);
    tell(describe(report), report.faults.length === 0);
  } else {
    const { keys } = JSON.parse(await readFile(values.keys ?? '', 'utf8')) as { keys: JWK[] };
    const lines = createInterface({ input: (await open(values.export)).createReadStream(), crlfDelay: Infinity });
    const report = await verifyExport(lines, keys);
    tell(describeExport(report), report.faults.length === 0);
  }
} catch (error) {
  // No other message: a driver's may quote what it was given.
  const known = error instanceof SettingsError || error instanceof EmbeddedPostgresError;
  const said = 'The audit log could not be read: see that the database runs, and that the files given are there.';
  process.stderr.write(`${known ? error.message : said}\n`);
  process.exitCode = 2;
}

function tell(lines: readonly string[], whole: boolean): void {
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = whole ? 0 : 1;
}

function describeExport({ entries, faults, head }: ExportReport): string[] {
  const under = head ? `a head of ${head.size.toString()} entries, signed on ${head.on}` : 'no head';
  const first = `${entries.toString()} entries under ${under}.`;
  return faults.length === 0
    ? [first, 'Every one of them is as it was recorded. Whether any was left out cannot be seen from an export.']
    : [first, 'The export was changed:', ...faults.map((fault) => `  ${fault}`)];
}

/** Every compact JWS in a text, whatever stands around it. */
function headsIn(text: string): string[] {
  return text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
}

async function verifyAsSet(kept: readonly string[]): Promise<AuditReport> {
  const settings = loadSettings(process.env);
  // Before anything is started: a log cannot be verified with keys, or in a home, made this minute.
  const { heads } = await serviceKeysOf(settings, false);
  const embedded = settings.embedded ? await startEmbeddedPostgres(settings.ONEDOOR_HOME) : undefined;
  try {
    const url = settings.DATABASE_URL ?? embedded?.applicationUrl ?? '';
    return await withStoredAudit(url, (source) => verifyAudit(source, [heads.publicJwk], kept));
  } finally {
    await embedded?.stop();
  }
}

/** The report as lines to be read by people; ids, positions and sizes only. */
function describe({ backlog, days, faults, heads, lastHead, leaves }: AuditReport): string[] {
  const lines = [
    `${leaves.toString()} entries chained, ${(lastHead?.size ?? 0).toString()} of them under ${heads.toString()} signed heads.`,
    `${days.toString()} days with a published head.`,
    backlog.count === 0
      ? 'No entry waits to be chained.'
      : `${backlog.count.toString()} entries not yet chained, the oldest of ${backlog.oldestOn ?? 'an unknown day'}: these could be removed unseen.`,
  ];
  if (lastHead) lines.push('The last head, to be noted elsewhere and given to a later run:', lastHead.signature);
  return faults.length === 0
    ? [...lines, 'The audit log is whole.']
    : [...lines, 'The audit log was changed:', ...faults.map((fault) => `  ${fault.kind} ${fault.subject}`)];
}

import process from 'node:process';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { EmbeddedPostgresError } from '../../config/embedded-programs.js';
import { startEmbeddedPostgres } from '../../config/embedded-postgres.js';
import { serviceKeysOf } from '../../config/service-keys.js';
import { loadSettings, type Settings, SettingsError } from '../../config/settings.js';
import { configPath, DataError } from '../agencies/data-file.js';
import { loadDirectory } from '../agencies/directory.js';
import { loadFacetCatalogue } from './facets.js';
import { loadRulesetFiles } from './ruleset-files.js';
import { replay, replayRecord, wordsOf, type RecordReport, type ReplayReport } from './replay.js';
import { storedDecisions, type StoredDecision } from './stored-decisions.js';

/*
 * `npm run routing:replay -- VERSION [--last N]`: what would move, from where to where, had that ruleset decided.
 * `npm run routing:replay [-- --last N]`: whether each decision comes out again as it is on record.
 * Nothing is changed. Exits with 0; with 1 where something on record comes out otherwise, or what was asked for is not
 * there; with 2 where nothing could be read.
 */
const ACTOR = { kind: 'system', name: 'routing_replay' } as const;
const MOST = 1_000_000;

try {
  const asked = read(process.argv.slice(2));
  if (asked) process.exitCode = await run(asked);
  else refuse('Say a version, or nothing: [VERSION] [--last N]');
} catch (error) {
  // No other message: a driver's may quote what it was given.
  const known = error instanceof SettingsError || error instanceof EmbeddedPostgresError || error instanceof DataError;
  process.stderr.write(`${known ? error.message : 'The decisions could not be read: see that the database runs.'}\n`);
  process.exitCode = 2;
}

interface Asked {
  readonly version: string | undefined;
  readonly last: number;
}

function read(words: readonly string[]): Asked | null {
  const at = words.indexOf('--last');
  const last = at < 0 ? 5000 : Number(words[at + 1]);
  const [version, ...more] = at < 0 ? words : words.toSpliced(at, 2);
  if (more.length > 0 || !Number.isInteger(last) || last < 1 || last > MOST) return null;
  return { version, last };
}

async function run({ version, last }: Asked): Promise<number> {
  const settings = loadSettings(process.env);
  const directory = loadDirectory();
  const files = loadRulesetFiles(settings.ROUTING_RULES ?? configPath('routing'), directory, loadFacetCatalogue());
  if (version === undefined) {
    const byVersion = (name: string) => files.get(name)?.ruleset;
    const report = await withDecisions(settings, last, (pages) => replayRecord(pages, byVersion, directory));
    print(describeRecord(report));
    return report.differing.size === 0 ? 0 : 1;
  }
  const ruleset = files.get(version)?.ruleset;
  if (!ruleset) {
    refuse(`There is no such ruleset; there are ${[...files.keys()].join(', ')}.`);
    return 1;
  }
  print(describe(await withDecisions(settings, last, (pages) => replay(pages, ruleset, directory))));
  return 0;
}

function describe({ version, looked, unchanged, pinned, moves }: ReplayReport): string[] {
  return [
    `Ruleset ${version}, over the last ${number(looked)} decisions on complaints. Disclosures are left out: their facets are sealed.`,
    ...moves.map(
      ({ from, to, count }) =>
        `${number(count)} of the last ${number(looked)} would move from ${wordsOf(from)} to ${wordsOf(to)}`,
    ),
    `${number(unchanged)} would go where they went.`,
    `${number(pinned)} were placed by a human, who chose or took them on, and would not move.`,
    'Nothing was changed.',
  ];
}

function describeRecord({ looked, differing }: RecordReport): string[] {
  const wrong = [...differing].map(
    ([version, count]) => `${number(count)} decided by ${version} come out otherwise than is on record`,
  );
  return [
    `Each by its own ruleset, the last ${number(looked)} decisions on complaints. Disclosures are left out: their facets are sealed.`,
    ...(wrong.length === 0 ? ['All come out as they are on record.'] : wrong),
  ];
}

function number(count: number): string {
  return count.toLocaleString('en-NZ');
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

async function withDecisions<T>(
  settings: Settings,
  last: number,
  work: (pages: AsyncIterable<readonly StoredDecision[]>) => Promise<T>,
): Promise<T> {
  // Before anything is started: in a home made this minute nothing was decided.
  if (settings.embedded) await serviceKeysOf(settings, false);
  const embedded = settings.embedded ? await startEmbeddedPostgres(settings.ONEDOOR_HOME) : undefined;
  try {
    const dataSource = createDataSource(settings.DATABASE_URL ?? embedded?.applicationUrl ?? '', [], { max: 1 });
    await dataSource.initialize();
    try {
      return await new Database(dataSource).asActor(ACTOR, async (manager) => {
        await manager.query('SET TRANSACTION READ ONLY');
        return work(storedDecisions(manager, last));
      });
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await embedded?.stop();
  }
}

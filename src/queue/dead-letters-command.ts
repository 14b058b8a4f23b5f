import process from 'node:process';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { EmbeddedPostgresError } from '../../config/embedded-programs.js';
import { startEmbeddedPostgres } from '../../config/embedded-postgres.js';
import { serviceKeysOf } from '../../config/service-keys.js';
import { loadSettings, SettingsError } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { NotFound } from '../web/errors.js';
import { listDeadLetters, replayDeadLetter, type DeadLetter } from './dead-letters.js';

/*
 * `npm run dead-letters`: lists the work that was given up; `npm run dead-letters -- replay ID` has it done again.
 * Exits with 0 where that was done, 1 where it was asked for what is not there, 2 where nothing could be read.
 */
const ACTOR = { kind: 'system', name: 'dead_letters' } as const;
const PAGE = 100;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

try {
  const [verb, id = '', ...more] = process.argv.slice(2);
  if (verb === undefined) await withDatabase(list);
  else if (verb === 'replay' && UUID.test(id) && more.length === 0)
    await withDatabase((database) => replay(database, id));
  else refuse('Say nothing, to list what was given up, or: replay ID');
} catch (error) {
  // No other message: a driver's may quote what it was given.
  const known = error instanceof SettingsError || error instanceof EmbeddedPostgresError;
  process.stderr.write(`${known ? error.message : 'The work could not be read: see that the database runs.'}\n`);
  process.exitCode = 2;
}

async function list(database: Database): Promise<void> {
  let count = 0;
  let page: DeadLetter[] = [];
  do {
    const after = page.at(-1)?.id;
    page = await database.asActor(ACTOR, (manager) =>
      listDeadLetters(manager, { limit: PAGE, ...(after === undefined ? {} : { after }) }),
    );
    for (const letter of page) process.stdout.write(`${describe(letter)}\n`);
    count += page.length;
  } while (page.length === PAGE);
  if (count === 0) process.stdout.write('Nothing was given up.\n');
}

async function replay(database: Database, id: string): Promise<void> {
  try {
    await database.asActor(ACTOR, async (manager) => {
      await replayDeadLetter(manager, id);
      // The day alone: the letter may be about a disclosure.
      await append(manager, { action: 'queue.replayed', actor: ACTOR, subject: id, dayOnly: true });
    });
    process.stdout.write('It will be done again.\n');
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    refuse('Nothing of this id was given up.');
  }
}

/** No case: what was given up is looked after by its id. */
function describe({ id, queue, name, errorCode, day }: DeadLetter): string {
  return [id, queue, name, errorCode, day].join(' ');
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

async function withDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  const settings = loadSettings(process.env);
  // Before anything is started: in a home made this minute nothing was given up.
  if (settings.embedded) await serviceKeysOf(settings, false);
  const embedded = settings.embedded ? await startEmbeddedPostgres(settings.ONEDOOR_HOME) : undefined;
  try {
    const dataSource = createDataSource(settings.DATABASE_URL ?? embedded?.applicationUrl ?? '', [], { max: 1 });
    await dataSource.initialize();
    try {
      await work(new Database(dataSource));
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await embedded?.stop();
  }
}

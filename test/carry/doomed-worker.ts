import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { EntityManager } from 'typeorm';
import type { Database } from '../../config/database.js';
import { loadServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { CasesProcessor } from '../../src/cases/cases.processor.js';
import { ClocksProcessor } from '../../src/clocks/clocks.processor.js';
import { DeliveryProcessor } from '../../src/delivery/delivery.processor.js';
import { MailTexts } from '../../src/delivery/mail-text.js';
import { Mailer, type Mail } from '../../src/delivery/mailer.js';
import { ProofsProcessor } from '../../src/proofs/proofs.processor.js';
import type { JobHandler, JobRegistry } from '../../src/queue/job-registry.js';
import type { OutboxJob } from '../../src/queue/outbox.js';
import type { QueueTimings } from '../../src/queue/queue-timings.js';
import { Translations } from '../../src/web/translations.js';
import type { Hold, Point } from './stage.js';
import { openWorker } from './worker.js';

/*
 * Workers with the real handlers, in one process. They hold jobs for ever, and write a line for each, as CARRY_HOLD says
 * in JSON: a list of `Hold`s. There is a worker for each of these, since one worker takes few jobs at once.
 */
const holds = JSON.parse(process.env.CARRY_HOLD ?? '') as readonly Hold[];
const pointsOf = new Map(holds.map(({ name, points }) => [name, [...points]]));
const stopping = new Promise<void>((resolve) =>
  process.once('SIGTERM', () => {
    resolve();
  }),
);
const never = new Promise<never>(() => undefined);
/** What is held when its mail, of this id, was taken, and when its transaction has committed. */
const mailed = new Map<string, string>();
const committed = new WeakMap<object, string>();

function say(name: string, point: Point): void {
  process.stdout.write(`${name} ${point}\n`);
}

async function stay(name: string, point: Point): Promise<void> {
  say(name, point);
  await never;
}

/** Sends as it should, and then never comes back for a mail that is to be held there. */
class HoldingMailer extends Mailer {
  override async send(mail: Mail): Promise<void> {
    await super.send(mail);
    const name = mailed.get(mail.id);
    if (name !== undefined) await stay(name, 'between');
  }
}

/** Has the statement that holds the words between two effects done, and stays there. */
function stayAfter({ name, between = '' }: Hold, manager: EntityManager): void {
  const runner = manager.queryRunner;
  if (!runner) throw new Error('a job runs in a transaction');
  const query = runner.query.bind(runner) as (...values: unknown[]) => Promise<unknown>;
  Object.assign(runner, {
    query: async (sql: string, ...values: unknown[]) => {
      const found = await query(sql, ...values);
      if (sql.includes(between)) await stay(name, 'between');
      return found;
    },
  });
}

function holding(hold: Hold, real: JobHandler): JobHandler {
  const { name } = hold;
  const run = async (manager: EntityManager, job: OutboxJob): Promise<void> => {
    const point = pointsOf.get(name)?.shift();
    if (point === 'before') await stay(name, point);
    // Until it is asked to stop, and then as long as it takes.
    if (point === 'slow') {
      say(name, point);
      await stopping;
    }
    if (point === 'between' && hold.between === 'mail') mailed.set(job.id, name);
    else if (point === 'between') stayAfter(hold, manager);
    await real.run(manager, job);
    if (point === 'after') await stay(name, point);
    if (point === 'committed') committed.set(manager, name);
  };
  return { ...real, run };
}

const home = process.env.CARRY_HOME ?? (await mkdtemp(join(tmpdir(), 'onedoor-doomed-')));
const keys = await loadServiceKeys(`${home}/keys`, { createIfMissing: true });
const settings = loadSettings({ ONEDOOR_HOME: home, SMTP_URL: process.env.CARRY_SMTP_URL });

function enter(registry: JobRegistry): void {
  const handle = registry.handle.bind(registry);
  registry.handle = (queue, name, handler) => {
    const hold = holds.find((one) => one.queue === queue && one.name === name);
    handle(queue, name, hold ? holding(hold, handler) : handler);
  };
  new CasesProcessor(registry, loadDirectory());
  new ClocksProcessor(registry);
  new ProofsProcessor(registry);
  new DeliveryProcessor(registry, new HoldingMailer(settings), new MailTexts(new Translations(), settings), keys);
}

/** Has a commit that the queue is never told of. */
function stayCommitted(database: Database): void {
  const asActor = database.asActor.bind(database);
  database.asActor = async (actor, work) => {
    const [result, held] = await asActor(
      actor,
      async (manager) => [await work(manager), committed.get(manager)] as const,
    );
    if (held !== undefined) await stay(held, 'committed');
    return result;
  };
}

const workers = await Promise.all(
  holds.map(async () => {
    const worker = await openWorker({
      databaseUrl: process.env.CARRY_DATABASE_URL ?? '',
      queueUrl: process.env.CARRY_QUEUE_URL,
      timings: JSON.parse(process.env.CARRY_TIMINGS ?? '{}') as Partial<QueueTimings>,
      handlers: enter,
    });
    stayCommitted(worker.database);
    return worker;
  }),
);
await Promise.all(workers.map((worker) => worker.runner.start()));
void stopping.then(() => Promise.all(workers.map((worker) => worker.stop())));

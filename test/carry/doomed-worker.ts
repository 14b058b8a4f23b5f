import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { EntityManager } from 'typeorm';
import { loadServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { CasesProcessor } from '../../src/cases/cases.processor.js';
import { ClocksProcessor } from '../../src/clocks/clocks.processor.js';
import { DeliveryProcessor } from '../../src/delivery/delivery.processor.js';
import { MailTexts } from '../../src/delivery/mail-text.js';
import { Mailer, type Mail } from '../../src/delivery/mailer.js';
import type { JobHandler } from '../../src/queue/job-registry.js';
import type { OutboxJob } from '../../src/queue/outbox.js';
import type { QueueTimings } from '../../src/queue/queue-timings.js';
import { Translations } from '../../src/web/translations.js';
import { openWorker } from './worker.js';

/*
 * A worker process with the real handlers. Of one kind of work it holds each job for ever at a point, another for each,
 * as CARRY_HOLD says in JSON: { queue, name, between, points }. `between` is part of a statement, or `mail`.
 */
const hold = JSON.parse(process.env.CARRY_HOLD ?? '') as {
  queue: 'routing' | 'delivery' | 'clocks';
  name: string;
  between: string;
  points: string[];
};
const points = [...hold.points];
const stopping = new Promise<void>((resolve) =>
  process.once('SIGTERM', () => {
    resolve();
  }),
);
const never = new Promise<never>(() => undefined);
/** Ids of jobs that are held when their mail was taken, and when their transaction has committed. */
const mailed = new Set<string>();
const committed = new WeakSet<object>();

async function stay(point: string): Promise<void> {
  process.stdout.write(`${point}\n`);
  await never;
}

/** Sends as it should, and then never comes back for a mail that is to be held there. */
class HoldingMailer extends Mailer {
  override async send(mail: Mail): Promise<void> {
    await super.send(mail);
    if (mailed.has(mail.id)) await stay('between');
  }
}

/** Has the statement that holds the words between two effects done, and stays there. */
function stayAfter(words: string, manager: EntityManager): void {
  const runner = manager.queryRunner;
  if (!runner) throw new Error('a job runs in a transaction');
  const query = runner.query.bind(runner) as (...values: unknown[]) => Promise<unknown>;
  Object.assign(runner, {
    query: async (sql: string, ...values: unknown[]) => {
      const found = await query(sql, ...values);
      if (sql.includes(words)) await stay('between');
      return found;
    },
  });
}

function holding(real: JobHandler): JobHandler {
  const run = async (manager: EntityManager, job: OutboxJob): Promise<void> => {
    const point = points.shift();
    if (point === 'before') await stay(point);
    // Until it is asked to stop, and then as long as it takes.
    if (point === 'slow') {
      process.stdout.write(`${point}\n`);
      await stopping;
    }
    if (point === 'between' && hold.between === 'mail') mailed.add(job.id);
    else if (point === 'between') stayAfter(hold.between, manager);
    await real.run(manager, job);
    if (point === 'after') await stay(point);
    if (point === 'committed') committed.add(manager);
  };
  return { ...real, run };
}

const home = process.env.CARRY_HOME ?? (await mkdtemp(join(tmpdir(), 'onedoor-doomed-')));
const keys = await loadServiceKeys(`${home}/keys`, { createIfMissing: true });
const settings = loadSettings({ ONEDOOR_HOME: home, SMTP_URL: process.env.CARRY_SMTP_URL });
const worker = await openWorker({
  databaseUrl: process.env.CARRY_DATABASE_URL ?? '',
  queueUrl: process.env.CARRY_QUEUE_URL,
  timings: JSON.parse(process.env.CARRY_TIMINGS ?? '{}') as Partial<QueueTimings>,
  handlers: (registry) => {
    const handle = registry.handle.bind(registry);
    registry.handle = (queue, name, handler) => {
      handle(queue, name, queue === hold.queue && name === hold.name ? holding(handler) : handler);
    };
    new CasesProcessor(registry, loadDirectory());
    new ClocksProcessor(registry);
    new DeliveryProcessor(registry, new HoldingMailer(settings), new MailTexts(new Translations(), settings), keys);
  },
});

// A commit that the queue is never told of.
const { database } = worker;
const asActor = database.asActor.bind(database);
database.asActor = async (actor, work) => {
  const [result, held] = await asActor(
    actor,
    async (manager) => [await work(manager), committed.has(manager)] as const,
  );
  if (held) await stay('committed');
  return result;
};

await worker.runner.start();
void stopping.then(() => worker.stop());

import process from 'node:process';
import type { Client } from 'pg';
import { Database } from '../../config/database.js';
import { type ListCursor, writeCursor } from '../../src/cases/list-cursor.js';
import { inboxQuery } from '../../src/cases/inbox.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { StaffActor } from '../../src/staff/staff-actor.js';
import { SESSION_COOKIE } from '../../src/staff/staff-cookie.js';
import { StaffSessions } from '../../src/staff/staff-sessions.js';
import { makeKeyPair } from '../../src/vault/keys.js';
import { openBenchAgency } from './bench-agency.js';
import { AGENCY, type BenchStand, type Found, type Server } from './bench-stand.js';
import { HttpConnection } from './http-connection.js';
import { latenciesOf, round } from './latencies.js';
import { load, say, usageOf } from './machine.js';
import { fillInbox } from './many-cases.js';

const SIZES = [1_000, 100_000] as const;
/** Pages of each kind, for each size. */
const PAGES = Number(process.env.BENCH_PAGES ?? 1_000);
const WARM_UP = Math.min(300, PAGES);
/** The larger inbox may take this many times as long. */
const GOAL = 1.5;

interface Inbox {
  readonly size: number;
  readonly web: Server;
  readonly connection: HttpConnection;
  readonly host: string;
  readonly cursors: readonly ListCursor[];
  readonly first: number[];
  readonly deep: number[];
}

/**
 * Times of a page of the inbox of an agency with a thousand cases and of one with a hundred thousand: the first page and
 * pages anywhere in the list. Each size has a database and a web process of its own, and the requests alternate, one at a
 * time, so that whatever else the machine does falls on both.
 */
export async function benchInbox(stand: BenchStand): Promise<Found> {
  const { actor, token } = await stand.prepare(async (app) => {
    const officer = await openBenchAgency(app, AGENCY, await makeKeyPair('agreement'));
    const session = await app
      .get(Database)
      .asActor(officer.actor, (manager) => app.get(StaffSessions).open(manager, officer.actor.staffId, 'passkey'));
    return { actor: officer.actor, token: session };
  });
  const inboxes: Inbox[] = [];
  for (const size of SIZES) inboxes.push(await openInbox(stand, size));

  say(`load average ${load()} before timing`);
  for (let n = -WARM_UP; n < PAGES; n++) {
    for (const inbox of inboxes) {
      const first = await timePage(inbox, token, '');
      const deep = await timePage(inbox, token, `?after=${cursorOf(inbox)}`);
      if (n < 0) continue;
      inbox.first.push(first);
      inbox.deep.push(deep);
    }
  }
  say(`load average ${load()} after timing`);
  for (const { size, web, connection } of inboxes) {
    const peak = usageOf(web.process)?.peak.toString() ?? 'unknown';
    say(`${size.toString().padStart(7)} cases, web process at most ${peak} MiB resident`);
    connection.close();
  }
  return report(stand, actor, inboxes);
}

async function openInbox(stand: BenchStand, size: number): Promise<Inbox> {
  const database = `inbox_${size.toString()}`;
  await stand.copyDatabase(database);
  const cursors = await stand.asOwner(async (client) => {
    await fillInbox(client, AGENCY, size);
    return places(client);
  }, database);
  const web = await stand.serve('web', database);
  const { host } = new URL(web.staffOrigin);
  return { size, web, connection: await HttpConnection.open(web.staffOrigin), host, cursors, first: [], deep: [] };
}

/** Places anywhere in the list, each with a whole page after it. */
async function places(client: Client): Promise<ListCursor[]> {
  const { rows } = await client.query<ListCursor>(
    `SELECT id, to_char(lodged_on, 'YYYY-MM-DD') AS "day"
       FROM (SELECT id, lodged_on FROM cases ORDER BY lodged_on DESC, id DESC
              LIMIT (SELECT count(*) - 50 FROM cases)) c ORDER BY random() LIMIT 1000`,
  );
  return rows;
}

function cursorOf({ cursors }: Inbox): string {
  const cursor = cursors[Math.floor(Math.random() * cursors.length)];
  return cursor ? writeCursor(cursor) : '';
}

/** @returns milliseconds until the last byte of the page */
async function timePage({ connection, host }: Inbox, token: string, query: string): Promise<number> {
  const head = [`GET /staff/inbox${query} HTTP/1.1`, `host: ${host}`, `cookie: ${SESSION_COOKIE}=${token}`];
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
  const sent = performance.now();
  const { status, body } = await connection.send(request);
  const took = performance.now() - sent;
  // A page without its 25 cases would be fast, and nothing.
  const cases = body.toString().match(/\/staff\/cases\/[0-9a-f-]{36}/g)?.length ?? 0;
  if (status !== 200 || cases < 25) {
    throw new Error(`An inbox page came with status ${status.toString()} and ${cases.toString()} cases.`);
  }
  return took;
}

async function report(stand: BenchStand, actor: StaffActor, [few, many]: readonly Inbox[]): Promise<Found> {
  if (!few || !many) throw new TypeError('There are two sizes to compare.');
  const figures = Object.fromEntries(
    [few, many].map(({ size, first, deep }) => {
      const each = { first: latenciesOf(first), deep: latenciesOf(deep), all: latenciesOf([...first, ...deep]) };
      for (const [kind, { p50, p99 }] of Object.entries(each)) {
        say(
          `${size.toString().padStart(7)} cases, ${kind.padEnd(5)} pages: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
        );
      }
      return [size.toString(), each];
    }),
  );
  const all = (inbox: Inbox) => latenciesOf([...inbox.first, ...inbox.deep]);
  const ratio = round(all(many).p50 / all(few).p50);
  const ratioP99 = round(all(many).p99 / all(few).p99);
  say(`ratio        p50 ${ratio.toString()}, p99 ${ratioP99.toString()} (goal: at most ${GOAL.toString()})`);
  const met = ratio <= GOAL && ratioP99 <= GOAL;
  if (!met) await explain(stand, actor, many);
  return { ratio, met, ratioP99, goal: GOAL, pages: PAGES, cases: figures };
}

async function explain(stand: BenchStand, actor: StaffActor, inbox: Inbox): Promise<void> {
  for (const after of [undefined, cursorOf(inbox)]) {
    const { text, values } = inboxQuery(actor, 'complaint', { holder: 'all', status: 'all', after }, todayInAuckland());
    const rows = await stand.asOwner(async (client) => {
      const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, [...values]);
      return plan.rows;
    }, `inbox_${inbox.size.toString()}`);
    say(`\n${after === undefined ? 'First page' : 'Page further on'}:`);
    for (const row of rows) say(row['QUERY PLAN']);
  }
}

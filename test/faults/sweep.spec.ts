import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { Sweeper } from '../../src/queue/sweeper.js';
import { openLog } from '../../src/web/log.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { until } from '../support/until.js';

const TABLES = ['idempotency_keys', 'sealed_sessions', 'staff_sessions', 'staff_invitations'] as const;

let app: TestApp;
let owner: Client;
let watcher: Client;
let staffId: string;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = new Client({ connectionString: app.database.ownerUrl });
  watcher = new Client({ connectionString: app.database.ownerUrl });
  await Promise.all([owner.connect(), watcher.connect()]);
  const [officer] = await openTestAgency(app, 'msd');
  staffId = officer?.actor.staffId ?? '';
});
afterAll(async () => {
  await Promise.all([owner.end(), watcher.end()]);
  await app.close();
});

/** Puts rows into every table that ended, or will end, by `age` (a PostgreSQL interval). */
async function fill(count: number, age: string): Promise<void> {
  const values = [count, age];
  const hash = `sha256(convert_to(gen_random_uuid()::text, 'UTF8'))`;
  const rows = 'FROM generate_series(1, $1::int)';
  const ends = 'now() - $2::interval';
  await owner.query(`INSERT INTO idempotency_keys SELECT ${hash}, '\\x00', 'answer', ${ends} ${rows}`, values);
  await owner.query(`INSERT INTO sealed_sessions SELECT ${hash}, 'jwe', ${ends} ${rows}`, values);
  await owner.query(
    `INSERT INTO staff_sessions (token_hash, staff_id, id, method, resists_phishing, created_at, seen_at, proved_at, expires_at)
     SELECT ${hash}, $3, gen_random_uuid(), 'passphrase', false, now(), now(), now(), ${ends} ${rows}`,
    [...values, staffId],
  );
  await owner.query(`INSERT INTO staff_invitations SELECT ${hash}, 'msd', '{officer}', ${ends} ${rows}`, values);
}

async function left(): Promise<number[]> {
  const counts = TABLES.map((table) => `(SELECT count(*)::int FROM ${table})`);
  const { rows } = await owner.query<{ counts: number[] }>(`SELECT ARRAY[${counts.join(', ')}] AS counts`);
  return rows[0]?.counts ?? [];
}

describe('what has expired', () => {
  it('is removed however much there is, by the role that serves, and what lives stays', async () => {
    await fill(2_300, '1 second');
    await fill(3, '-1 hour');
    expect(await left()).toEqual([2_303, 2_303, 2_303, 2_303]);
    expect(await app.app.get(Sweeper).sweepOnce()).toBe(4 * 2_300);
    expect(await left()).toEqual([3, 3, 3, 3]);
    expect(await app.app.get(Sweeper).sweepOnce()).toBe(0);
  });

  it('is removed by as many workers as there are, each row once', async () => {
    const before = await left();
    await fill(1_500, '1 minute');
    const sweeper = app.app.get(Sweeper);
    const removed = await Promise.all([sweeper.sweepOnce(), sweeper.sweepOnce(), sweeper.sweepOnce()]);
    expect(removed.reduce((sum, one) => sum + one, 0) + (await sweeper.sweepOnce())).toBe(4 * 1_500);
    expect(await left()).toEqual(before);
  });

  it('goes as soon as a worker starts, and nothing more once it has stopped', async () => {
    const before = await left();
    await fill(5, '1 minute');
    const sweeper = app.app.get(Sweeper);
    sweeper.start();
    await until('all of it is gone', async () => JSON.stringify(await left()) === JSON.stringify(before));
    await sweeper.stop();
    await fill(1, '1 minute');
    expect(await left()).toEqual(before.map((count) => count + 1));
    await sweeper.stop();
  });

  it('is found by an index, oldest first', async () => {
    await owner.query('ANALYZE');
    await owner.query('SET enable_seqscan = off');
    for (const table of TABLES) {
      const { rows } = await owner.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT FROM ${table} WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000`,
      );
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(`ix_${table}_expires_at`);
    }
  });

  it('stays when it is given a later end while the sweep waits for it', async () => {
    await fill(1, '1 minute');
    const before = await left();
    await owner.query('BEGIN');
    await owner.query(`UPDATE sealed_sessions SET expires_at = now() + interval '1 hour' WHERE expires_at <= now()`);
    const swept = app.app.get(Sweeper).sweepOnce();
    await until('the sweep waits', async () => {
      const { rows } = await watcher.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND datname = current_database() AND query LIKE 'DELETE FROM sealed_sessions%'`);
      return rows.length === 1;
    });
    await owner.query('COMMIT');
    await swept;
    expect((await left())[1]).toBe(before[1]);
  });
});

describe('a sweep', () => {
  it('that fails is logged by its code, without the words of the failure, and holds up no other', async () => {
    const logged: string[] = [];
    const sweeper = new Sweeper(openLog('debug', { write: (line) => void logged.push(line) }));
    const words = randomBytes(8).toString('hex');
    sweeper.add('broken', () => Promise.reject(new Error(words)));
    sweeper.add('whole', () => Promise.resolve(7));
    expect(await sweeper.sweepOnce()).toBe(7);
    expect(logged.join('')).toContain('"event":"sweep.failed","name":"broken"');
    expect(logged.join('')).not.toContain(words);
  });

  it('ends after the batch in hand when it is stopped, however much there is', async () => {
    const sweeper = new Sweeper(openLog('silent'));
    let batches = 0;
    sweeper.add('endless', (limit) => {
      batches += 1;
      return new Promise((resolve) => setImmediate(resolve, limit));
    });
    sweeper.start();
    await until('it is under way', () => batches > 2);
    await sweeper.stop();
    const done = batches;
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toBe(done);
  });

  it('cannot be claimed by two features', () => {
    const sweeper = new Sweeper(openLog('silent'));
    sweeper.add('one', () => Promise.resolve(0));
    expect(() => {
      sweeper.add('one', () => Promise.resolve(0));
    }).toThrow('swept twice');
  });
});

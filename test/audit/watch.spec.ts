import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { standingAlarm } from '../../src/audit/audit-alarm.js';
import { auditMetrics } from '../../src/audit/audit-metrics.js';
import { LOST_SINCE } from '../../src/audit/audit-source.js';
import { AuditWatch } from '../../src/audit/audit-watch.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { dayInAuckland } from '../../src/web/day.js';
import { openLog, type Log } from '../../src/web/log.js';
import type { TestDatabase } from '../support/database.js';
import { afterTheNight, CASE, openAuditLog, PUBLIC, SILENT, type AuditLog } from './audit-log.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let keysDirectory: string;
let template: TestDatabase;
let log: AuditLog;
let lines: Record<string, unknown>[];
let heard: Log;

/* Twelve chained entries under three heads, and two that wait. */
beforeAll(async () => {
  keysDirectory = await mkdtemp(join(tmpdir(), 'audit-keys-'));
  const prepared = await openAuditLog(undefined, keysDirectory);
  const sequencer = new Sequencer(prepared.database, prepared.keys, SILENT);
  const officer = { caseId: CASE, agencyId: 'ombudsman', subject: 'reply' };
  await prepared.record(officer, officer, officer, officer);
  await sequencer.runOnce();
  await prepared.record(
    ...Array.from({ length: 4 }, () => ({ actor: PUBLIC, action: 'case.lodged' as const, caseId: CASE })),
  );
  await sequencer.runOnce(afterTheNight());
  await prepared.record(officer, officer, officer, officer);
  await sequencer.runOnce(new Date(afterTheNight().getTime() + HOUR));
  await prepared.record(officer, { actor: PUBLIC });
  template = prepared.test;
  await prepared.disconnect();
});
afterAll(async () => {
  await template.drop();
  await rm(keysDirectory, { recursive: true });
});
beforeEach(async () => {
  log = await openAuditLog(template, keysDirectory);
  lines = [];
  heard = openLog('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
});
afterEach(() => log.close());

const watch = () => new AuditWatch(log.database, log.keys, heard);
const later = (days: number) => new Date(Date.now() + days * DAY + HOUR);
const checks = () =>
  log.asOwner<{ action: string; subject: string }>(
    `SELECT action, subject FROM audit_entries WHERE action LIKE 'audit.check%' ORDER BY happened_at`,
  );
const metric = async (): Promise<string | undefined> => {
  const registry = new Registry();
  auditMetrics(log.database, registry);
  return /^onedoor_audit_broken (\d)$/m.exec(await registry.metrics())?.[1];
};

describe('the watch', () => {
  it('looks once a day at what is new, once a week at everything, and says so in the log', async () => {
    expect(await watch().runOnce()).toBeUndefined();
    expect(await watch().runOnce(later(1))).toEqual([]);
    expect(await checks()).toEqual([{ action: 'audit.checked_whole', subject: '12' }]);
    expect(await watch().runOnce()).toBeUndefined();
    const sequencer = new Sequencer(log.database, log.keys, SILENT);
    await sequencer.runOnce(new Date(afterTheNight().getTime() + 2 * HOUR));
    expect(await watch().runOnce(later(1))).toEqual([]);
    expect(await watch().runOnce(later(8))).toEqual([]);
    expect((await checks()).map(({ action }) => action)).toEqual([
      'audit.checked_whole',
      'audit.checked',
      'audit.checked_whole',
    ]);
    expect(Number((await checks())[1]?.subject)).toBeGreaterThan(12);
    expect(lines).toEqual([]);
    expect(await metric()).toBe('0');
  });

  it('takes what it once found good from its signed head, and reads on from there', async () => {
    await watch().runOnce(later(1));
    // Found in a week, and at once by whoever runs the command.
    await log.asOwner(
      `UPDATE audit_entries SET subject = 'other' WHERE id = (SELECT entry_id FROM audit_leaves WHERE position = 0)`,
    );
    expect(await watch().runOnce(later(2))).toEqual([]);
    expect(await log.faults()).toHaveLength(1);
    expect(await watch().runOnce(later(8))).toHaveLength(1);
  });

  it.each([
    ['with a time', 'now()', '0'],
    ['with a day alone', 'NULL', '0'],
    ['of a day to come', `now() + interval '3 days'`, '3'],
  ])('finds on any day an entry %s that was brought in since it last looked at everything', async (_, at, days) => {
    await watch().runOnce(later(1));
    const [entry] = await log.asOwner<{ id: string }>(
      `INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_at, happened_on)
       VALUES (gen_random_uuid(), 'case.read', 'system', 'x', ${at}, $1::date + ${days}) RETURNING id`,
      [dayInAuckland()],
    );
    expect(await watch().runOnce(later(2))).toEqual([{ kind: 'entry_outside', subject: entry?.id }]);
    expect(await standingAlarm(log.database)).toMatchObject({ subject: `entry_outside.${entry?.id ?? ''}` });
    expect(await checks()).toEqual([{ action: 'audit.checked_whole', subject: '12' }]);
  });

  it('finds one that says it is older within the week', async () => {
    await watch().runOnce(later(1));
    await log.asOwner(
      `INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_at, happened_on)
       VALUES (gen_random_uuid(), 'case.read', 'system', 'x', '2025-01-01', '2025-01-01')`,
    );
    expect(await watch().runOnce(later(2))).toEqual([]);
    expect((await watch().runOnce(later(9)))?.map(({ kind }) => kind)).toEqual(['entry_outside']);
  });

  it('reads for that the entries of those days alone, and looks each up by its key', async () => {
    await log.asOwner(
      `INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_at, happened_on)
       SELECT gen_random_uuid(), 'case.read', 'system', 'x', CASE WHEN n % 2 = 0 THEN '2025-01-01'::timestamptz END, '2025-01-01'
         FROM generate_series(1, 20000) n`,
    );
    await log.asOwner(
      `INSERT INTO audit_leaves SELECT 100 + row_number() OVER (), id, '\\x00' FROM audit_entries WHERE happened_on = '2025-01-01'`,
    );
    await log.asOwner('ANALYZE audit_entries, audit_leaves, audit_pending');
    const explain = `EXPLAIN ${LOST_SINCE.replace('$1', '100').replaceAll('$2', `'${dayInAuckland()}'`)}`;
    const plan = await log.database.asActor({ kind: 'system', name: 'verify_audit' }, (manager) =>
      manager.query<{ 'QUERY PLAN': string }[]>(explain),
    );
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    for (const index of ['ix_audit_entries_time', 'ix_audit_entries_day', 'uq_audit_leaves_entry_id']) {
      expect(lines).toContain(index);
    }
    expect(lines).not.toMatch(/Seq Scan on audit_(?:entries|leaves)/);
  });

  it.each([
    ['an inner node', `UPDATE audit_nodes SET hash = sha256('other') WHERE level = 3 AND place = 0`],
    [
      'its head',
      'UPDATE audit_heads SET signature = (SELECT signature FROM audit_heads WHERE size = 8) WHERE size = 12',
    ],
    ['its head', 'DELETE FROM audit_heads WHERE size = 12'],
    ['a node that is gone', 'DELETE FROM audit_nodes WHERE level = 3'],
  ])('does not go on from a tree that is another by now: %s', async (_, change) => {
    await watch().runOnce(later(1));
    await log.asOwner(change);
    const found = (await watch().runOnce(later(2))) ?? [];
    expect(found.map(({ kind }) => kind).join()).toMatch(/^audit_(past_changed|nodes_missing)$/);
  });

  const at = (position: number) => `(SELECT entry_id FROM audit_leaves WHERE position = ${position.toString()})`;
  it.each([
    ['an entry that was changed', `UPDATE audit_entries SET subject = 'other' WHERE id = ${at(9)}`],
    ['an entry that was deleted', `DELETE FROM audit_entries WHERE id = ${at(3)}`],
    [
      'an entry that was brought in',
      `INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_at, happened_on)
       VALUES (gen_random_uuid(), 'case.read', 'system', 'x', now(), now())`,
    ],
    [
      'leaves that changed places',
      `UPDATE audit_leaves SET position = -1 WHERE position = 4;
       UPDATE audit_leaves SET position = 4 WHERE position = 9; UPDATE audit_leaves SET position = 9 WHERE position = -1`,
    ],
    ['a leaf that was changed', `UPDATE audit_leaves SET leaf_hash = sha256('other') WHERE position = 6`],
    ['a leaf that was deleted', `DELETE FROM audit_leaves WHERE position = 6`],
    ['a head that was forged', `UPDATE audit_heads SET root = sha256('other') WHERE size = 8`],
    ['a tree that was cut off', `DELETE FROM audit_leaves WHERE position >= 10`],
    ['what waits although it is chained', `INSERT INTO audit_pending (entry_id) VALUES (${at(2)})`],
    ['what waits no more', 'DELETE FROM audit_pending'],
  ])('finds %s, as the command does, and sounds the alarm once', async (_, change) => {
    await log.asOwner(change);
    const found = (await log.verify()).faults;
    expect(found.length).toBeGreaterThan(0);
    expect(await watch().runOnce(later(1))).toEqual(found);
    const [first] = found;
    expect(await standingAlarm(log.database)).toMatchObject({
      subject: `${first?.kind ?? ''}.${first?.subject ?? ''}`,
    });
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', event: 'audit.broken', reason: first?.kind, place: first?.subject }),
    ]);
    expect(await metric()).toBe('1');
    // Again the next day: said in the log of errors again, and told nobody twice.
    await watch().runOnce(later(2));
    expect(lines).toHaveLength(2);
    expect(await log.asOwner(`SELECT FROM audit_entries WHERE action = 'audit.broken'`)).toHaveLength(1);
    expect(await log.asOwner(`SELECT FROM outbox WHERE name = 'audit_alarm'`)).toHaveLength(1);
  });

  it('hears of a tree that cannot be continued from the sequencer at once', async () => {
    await log.asOwner('DELETE FROM audit_leaves WHERE position >= 10');
    const sequencer = new Sequencer(log.database, log.keys, heard);
    sequencer.start();
    await sequencer.stop();
    expect(await standingAlarm(log.database)).toMatchObject({ subject: 'audit_leaves_missing' });
  });

  it('runs by itself until it is stopped', async () => {
    const running = watch();
    running.start();
    running.start();
    await running.stop();
    await running.beforeApplicationShutdown();
    expect(lines).toEqual([]);
  });
});

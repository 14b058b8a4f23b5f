import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { Database, type Actor } from '../../config/database.js';
import { Registry } from 'prom-client';
import { append } from '../../src/audit/audit.js';
import { auditMetrics } from '../../src/audit/audit-metrics.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { openLog } from '../../src/web/log.js';
import { until } from '../support/until.js';
import { afterTheNight, OFFICER, openAuditLog, PUBLIC, SILENT, type AuditLog } from './audit-log.js';
import { makeServiceKeys } from '../support/service-keys.js';

let log: AuditLog;
let sequencer: Sequencer;

beforeEach(async () => {
  log = await openAuditLog();
  sequencer = new Sequencer(log.database, log.keys, SILENT);
});
afterEach(async () => {
  await sequencer.stop();
  await log.close();
});

/** Positions and subjects, in the order of the tree. */
const tree = () =>
  log.asOwner<{ position: string; subject: string; id: string }>(
    'SELECT position, subject, id FROM audit_leaves JOIN audit_entries ON id = entry_id ORDER BY position',
  );
const subjects = async () => (await tree()).map((leaf) => leaf.subject);
const headSizes = async () =>
  (await log.asOwner<{ size: string }>('SELECT size FROM audit_heads ORDER BY size')).map((head) => Number(head.size));
const pending = async () => (await log.asOwner('SELECT entry_id FROM audit_pending')).length;

/** Fails at will at the end of a transaction, as a process does that dies before its commit. */
class DyingDatabase extends Database {
  dying = true;

  override asActor<T>(actor: Actor, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return super.asActor(actor, async (manager) => {
      const result = await work(manager);
      if (this.dying) throw new Error('died');
      return result;
    });
  }
}

describe('the sequencer', () => {
  it('chains what staff and the system did at once and in order, without gaps', async () => {
    for (const subject of ['a', 'b', 'c']) {
      const then = Date.now();
      await log.record({ subject });
      await until('the clock has moved on', () => Date.now() > then);
    }
    expect(await sequencer.runOnce()).toEqual({ chained: 3, headSize: 3 });
    await log.record({ subject: 'd', actor: { kind: 'system', name: 'routing' } });
    expect((await sequencer.runOnce()).chained).toBe(1);
    expect(await subjects()).toEqual(['a', 'b', 'c', 'd']);
    expect((await tree()).map((leaf) => leaf.position)).toEqual(['0', '1', '2', '3']);
    expect(await pending()).toBe(0);
    expect(await log.faults()).toEqual([]);
  });

  it('leaves what reporters did until two hours after the end of their day in Auckland', async () => {
    await log.record({ subject: 'winter', actor: PUBLIC }, { subject: 'summer', actor: PUBLIC });
    const on = (day: string, subject: string) =>
      log.asOwner(
        `WITH entry AS (UPDATE audit_entries SET happened_on = $1 WHERE subject = $2 RETURNING id)
         UPDATE audit_pending SET night_of = $1 FROM entry WHERE entry_id = id`,
        [day, subject],
      );
    await on('2025-06-10', 'winter');
    await on('2025-12-10', 'summer');
    await sequencer.runOnce(new Date('2025-06-10T13:59:59Z'));
    expect(await subjects()).toEqual([]);
    await sequencer.runOnce(new Date('2025-06-10T14:00:00Z'));
    expect(await subjects()).toEqual(['winter']);
    await sequencer.runOnce(new Date('2025-12-10T12:59:59Z'));
    expect(await subjects()).toEqual(['winter']);
    await sequencer.runOnce(new Date('2025-12-10T13:00:00Z'));
    expect(await subjects()).toEqual(['winter', 'summer']);
  });

  it('never chains a reporter on their own day', async () => {
    await log.record({ subject: 'officer' }, { subject: 'reporter', actor: PUBLIC });
    await sequencer.runOnce();
    expect(await subjects()).toEqual(['officer']);
    expect(await pending()).toBe(1);
    await sequencer.runOnce(afterTheNight());
    expect(await subjects()).toEqual(['officer', 'reporter']);
  });

  it('chains reporters in an order that says nothing about when they came', async () => {
    const count = 1_100;
    const arrivals = Array.from({ length: count }, (_, i) => i);
    await log.record(...arrivals.map((i) => ({ actor: PUBLIC, subject: i.toString() })));
    expect((await sequencer.runOnce(afterTheNight())).chained).toBe(count);
    const leaves = await tree();
    const byArrival = leaves.map((leaf) => Number(leaf.subject));
    expect(byArrival.toSorted((a, b) => a - b)).toEqual(arrivals);
    // Under a fair shuffle the correlation has a standard deviation of 1/√1099, so 0.25 is beyond eight of them.
    expect(Math.abs(correlation(byArrival))).toBeLessThan(0.25);
    const sortedIds = leaves.slice(0, 1_000).map((leaf) => leaf.id);
    const rank = new Map(sortedIds.toSorted().map((id, i) => [id, i]));
    expect(Math.abs(correlation(sortedIds.map((id) => rank.get(id) ?? 0)))).toBeLessThan(0.25);
    expect(await log.faults()).toEqual([]);
  });

  it('skips nothing that is committed late', async () => {
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let appended = (): void => undefined;
    const written = new Promise<void>((resolve) => (appended = resolve));
    const late = log.database.asActor(OFFICER, async (manager) => {
      await append(manager, { action: 'case.read', actor: OFFICER, subject: 'late' });
      appended();
      await held;
    });
    await written;
    await log.record({ subject: 'early' });
    await sequencer.runOnce();
    expect(await subjects()).toEqual(['early']);
    commit();
    await late;
    await sequencer.runOnce();
    expect(await subjects()).toEqual(['early', 'late']);
  });

  it('loses nothing and gives no position twice when several run while many record', async () => {
    const sequencers = [
      sequencer,
      new Sequencer(log.database, log.keys, SILENT),
      new Sequencer(log.database, log.keys, SILENT),
    ];
    let recording = true;
    const working = sequencers.map(async (one) => {
      do await one.runOnce();
      while (recording);
    });
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < 30; i += 1) await log.record({ subject: `${writer.toString()}-${i.toString()}` });
      }),
    );
    recording = false;
    await Promise.all(working);
    await sequencer.runOnce();
    expect(new Set(await subjects()).size).toBe(240);
    expect((await tree()).map((leaf) => Number(leaf.position))).toEqual(Array.from({ length: 240 }, (_, i) => i));
    expect(await pending()).toBe(0);
    expect(await log.faults()).toEqual([]);
  });

  it('leaves nothing half done when it dies before the commit, and goes on afterwards', async () => {
    const dying = new DyingDatabase(log.database.dataSource);
    const unlucky = new Sequencer(dying, log.keys, SILENT);
    await log.record({ subject: 'a' }, { subject: 'b', actor: PUBLIC });
    await expect(unlucky.runOnce(afterTheNight())).rejects.toThrow('died');
    expect(await tree()).toEqual([]);
    expect(await headSizes()).toEqual([]);
    expect(await pending()).toBe(2);
    dying.dying = false;
    await unlucky.runOnce(afterTheNight());
    expect(await subjects()).toEqual(['a', 'b']);
    dying.dying = true;
    await log.record({ subject: 'c' });
    await expect(unlucky.runOnce()).rejects.toThrow('died');
    // Another one chains it meanwhile; the first must not go on from what it never committed.
    await sequencer.runOnce();
    await log.record({ subject: 'd' });
    dying.dying = false;
    await unlucky.runOnce();
    await sequencer.runOnce(new Date(afterTheNight().getTime() + 120_000));
    expect(await subjects()).toEqual(['a', 'b', 'c', 'd']);
    expect(await log.faults()).toEqual([]);
  });

  it('signs one head a minute at most, and one after every nightly batch', async () => {
    const minute = 60_000;
    const begin = Date.now();
    const at = (milliseconds: number) => sequencer.runOnce(new Date(begin + milliseconds));
    await log.record({});
    expect((await at(0)).headSize).toBe(1);
    await log.record({});
    expect((await at(minute - 1)).headSize).toBe(1);
    expect((await at(minute)).headSize).toBe(2);
    expect((await at(3 * minute)).headSize).toBe(2);
    await log.record({}, { actor: PUBLIC });
    await at(3 * minute);
    await log.record({});
    await sequencer.runOnce(new Date(afterTheNight().getTime()));
    expect(await headSizes()).toEqual([1, 2, 3, 5]);
    expect(await log.faults()).toEqual([]);
  });

  it('is not held back by a head of the future', async () => {
    await log.record({});
    await sequencer.runOnce(afterTheNight());
    await log.record({});
    expect((await sequencer.runOnce()).headSize).toBe(2);
  });

  it('runs by itself until it is stopped, and then signs a last head', async () => {
    sequencer.start();
    sequencer.start();
    await log.record({});
    await until('nothing is pending', async () => (await pending()) === 0);
    await log.record({});
    await until('nothing is pending', async () => (await pending()) === 0);
    await sequencer.stop();
    expect((await headSizes()).at(-1)).toBe(2);
    await log.record({});
    await sequencer.stop();
    expect(await pending()).toBe(1);
    sequencer.start();
    await until('nothing is pending', async () => (await pending()) === 0);
    await sequencer.beforeApplicationShutdown();
    expect((await headSizes()).at(-1)).toBe(3);
    expect(await log.faults()).toEqual([]);
  });

  it('goes on after a restart from the last head and what was chained behind it', async () => {
    await log.record({}, {}, {}, {}, {});
    await sequencer.runOnce();
    await log.record({}, {});
    await sequencer.runOnce();
    expect(await headSizes()).toEqual([5]);
    await log.record({});
    const restarted = new Sequencer(log.database, log.keys, SILENT);
    await restarted.runOnce(new Date(Date.now() + 60_000));
    expect(await headSizes()).toEqual([5, 8]);
    expect(await log.faults()).toEqual([]);
  });

  it.each([
    ['audit_leaves_missing', 'DELETE FROM audit_leaves WHERE position = 3'],
    ['audit_leaves_missing', 'DELETE FROM audit_leaves WHERE position >= 2'],
    ['audit_edge_changed', `UPDATE audit_heads SET edge = sha256('other') || sha256('edge')`],
    ['audit_edge_changed', `UPDATE audit_heads SET edge = ''`],
    ['audit_head_not_ours', 'UPDATE audit_heads SET size = 4'],
  ])('refuses to build on a tree that was tampered with: %s after %s', async (code, tampering) => {
    await log.record({}, {}, {});
    await sequencer.runOnce();
    await log.record({}, {});
    await sequencer.runOnce();
    await log.asOwner(tampering);
    await log.record({});
    await expect(new Sequencer(log.database, log.keys, SILENT).runOnce()).rejects.toThrow(code);
    expect(await pending()).toBe(1);
  });

  it('says in the log, once, by which code the tree is broken, and of other failures no word', async () => {
    const lines: Record<string, unknown>[] = [];
    const heard = openLog('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    const dying = new DyingDatabase(log.database.dataSource);
    const failing = new Sequencer(dying, log.keys, heard);
    failing.start();
    await until('it says so', () => lines.length > 0);
    await failing.stop();
    expect(lines).toEqual([expect.objectContaining({ level: 'error', event: 'audit.failed', error: 'Error' })]);
    expect(JSON.stringify(lines)).not.toContain('died');
    lines.length = 0;
    await log.record({}, {}, {});
    await sequencer.runOnce();
    await log.asOwner('DELETE FROM audit_leaves WHERE position >= 2');
    await log.record({});
    const alarmed = new Sequencer(log.database, log.keys, heard);
    alarmed.start();
    await until('it says so', () => lines.length > 0);
    await alarmed.stop();
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', event: 'audit.broken', reason: 'audit_leaves_missing' }),
    ]);
  });

  it('is watched by figures: how much waits, and for how long what should not', async () => {
    const registry = new Registry();
    auditMetrics(log.database, registry);
    expect(await registry.metrics()).toMatch(/^onedoor_audit_backlog 0$[^]*^onedoor_audit_backlog_age_seconds 0$/m);
    await log.record({ subject: 'old' }, { actor: PUBLIC });
    await log.asOwner(`UPDATE audit_entries SET happened_at = now() - interval '1 hour' WHERE subject = 'old'`);
    const figures = await registry.metrics();
    expect(figures).toMatch(/^onedoor_audit_backlog 1$/m);
    expect(Number(/^onedoor_audit_backlog_age_seconds (\S+)$/m.exec(figures)?.[1])).toBeGreaterThanOrEqual(3_600);
  });

  it('refuses to continue a tree whose heads another key signed', async () => {
    await log.record({});
    await sequencer.runOnce();
    await log.record({});
    const others = await makeServiceKeys(`${log.keysDirectory}/others`);
    await expect(new Sequencer(log.database, others, SILENT).runOnce()).rejects.toThrow('audit_head_not_ours');
  });
});

/** Pearson's correlation of values with their places; of ranks it is Spearman's. */
function correlation(values: readonly number[]): number {
  const mean = (values.length - 1) / 2;
  let [together, spread] = [0, 0];
  values.forEach((value, place) => {
    together += (value - mean) * (place - mean);
    spread += (place - mean) ** 2;
  });
  return together / spread;
}

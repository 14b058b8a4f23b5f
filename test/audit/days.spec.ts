import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../../src/audit/audit.js';
import { MOST_FILLER } from '../../src/audit/close-day.js';
import { readDayHeads } from '../../src/audit/day-heads.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { storedNodes } from '../../src/audit/stored-nodes.js';
import { storedConsistencyPath, storedInclusionPath, storedRoot } from '../../src/audit/stored-paths.js';
import { verifyConsistency, verifyInclusion } from '../../src/vault/merkle-proofs.js';
import { openAuditLog, PUBLIC, SILENT, type AuditLog } from './audit-log.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let log: AuditLog;

/** Midnight UTC so many days before today: midday in Auckland. */
const ago = (days: number) => new Date(Math.floor(Date.now() / DAY) * DAY - days * DAY);

/* Four days that are over: on the first and third somebody acted. */
beforeAll(async () => {
  log = await openAuditLog();
  const sequencer = new Sequencer(log.database, log.keys, SILENT);
  await recordOn(4, {}, { actor: PUBLIC });
  await sequencer.turn(ago(3));
  await sequencer.turn(ago(2));
  await recordOn(2, { actor: PUBLIC });
  for (let i = 0; i < 4; i += 1) await sequencer.turn(ago(0));
});
afterAll(() => log.close());

/** Records acts as if it had been so many days ago. */
async function recordOn(days: number, ...entries: readonly Partial<AuditEntry>[]): Promise<void> {
  await log.record(...entries);
  const at = new Date(ago(days).getTime() + 6 * HOUR);
  await log.asOwner(
    `WITH old AS (
       UPDATE audit_entries SET happened_at = CASE WHEN happened_at IS NULL THEN NULL ELSE $1::timestamptz END,
              happened_on = ($1::timestamptz AT TIME ZONE 'Pacific/Auckland')::date
        WHERE id IN (SELECT entry_id FROM audit_pending) RETURNING id, happened_on)
     UPDATE audit_pending SET night_of = happened_on FROM old WHERE entry_id = id AND night_of IS NOT NULL`,
    [at],
  );
}

const heads = async () => (await log.database.asActor(PUBLIC, (manager) => readDayHeads(manager))).heads;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));

describe('a day that is over', () => {
  it('has one head, whether or not anything was recorded on it, and another process adds none', async () => {
    const before = await heads();
    expect(before.map(({ size }) => size)).toEqual([1, 2, 3, 4]);
    expect(new Set(before.map(({ root }) => root)).size).toBe(4);
    await Promise.all([1, 2].map(() => new Sequencer(log.database, log.keys, SILENT).turn(ago(0))));
    expect(await heads()).toEqual(before);
    expect(await log.faults()).toEqual([]);
  });

  it('is proven by its head to continue the day before', async () => {
    const all = await heads();
    for (const [i, head] of all.entries()) {
      const earlier = all[i - 1];
      expect(
        await verifyConsistency({
          earlierSize: earlier?.size ?? 0,
          earlierRoot: earlier ? bytes(earlier.root) : await storedRoot(0, () => Promise.resolve([])),
          size: head.size,
          root: bytes(head.root),
          path: head.consistency.map(bytes),
        }),
      ).toBe(true);
    }
  });

  it('is filled up at random, so that nobody can count what they may not see', async () => {
    const filler = await log.asOwner<{ n: number }>(
      `SELECT count(*)::int AS n FROM audit_entries WHERE action = 'audit.filler' GROUP BY happened_on`,
    );
    expect(filler).toHaveLength(4);
    for (const { n } of filler) {
      expect(n).toBeGreaterThan(0);
      expect(n).toBeLessThanOrEqual(MOST_FILLER);
    }
    expect(new Set(filler.map(({ n }) => n)).size).toBeGreaterThan(1);
    const sizes = (await log.asOwner<{ size: string }>('SELECT size FROM audit_days ORDER BY day')).map(
      (day) => day.size,
    );
    const published = JSON.stringify(await heads());
    for (const size of sizes) expect(published).not.toContain(`:${size},`);
  });
});

describe('the stored tree', () => {
  it('proves every entry and every earlier head under every signed head', async () => {
    await log.database.asActor({ kind: 'system', name: 'verify_audit' }, async (manager) => {
      const read = storedNodes(manager);
      const signed = await manager.query<{ size: string; root: Buffer }[]>(
        'SELECT size, root FROM audit_heads ORDER BY size',
      );
      const leaves = await manager.query<{ leaf_hash: Buffer }[]>(
        'SELECT leaf_hash FROM audit_leaves ORDER BY position',
      );
      for (const [i, { size: text, root }] of signed.entries()) {
        const size = Number(text);
        expect(Buffer.from(await storedRoot(size, read))).toEqual(root);
        for (const index of [0, 1, Math.floor(size / 2), size - 1].filter((one) => one < size)) {
          const path = await storedInclusionPath(index, size, read);
          expect(await verifyInclusion({ leafHash: leaves[index]?.leaf_hash ?? root, index, size, path, root })).toBe(
            true,
          );
        }
        for (const earlier of signed.slice(0, i)) {
          const earlierSize = Number(earlier.size);
          const path = await storedConsistencyPath(earlierSize, size, read);
          expect(await verifyConsistency({ earlierSize, earlierRoot: earlier.root, size, root, path })).toBe(true);
        }
      }
    });
  });
});

describe('verifying the days', () => {
  /** Makes a change as the owner of the tables may, sees what is found, and puts everything back. */
  async function faultsAfter(change: string, kept: readonly string[] = []): Promise<string[]> {
    await log.asOwner(`DROP TABLE IF EXISTS saved; CREATE TABLE saved AS SELECT * FROM audit_days; ${change}`);
    try {
      return await log.faults(kept);
    } finally {
      await log.asOwner('TRUNCATE audit_days; INSERT INTO audit_days SELECT * FROM saved; DROP TABLE saved');
    }
  }

  it.each([
    [`size = size - 1`, ['day_changed 1']],
    [`root = sha256('other')`, ['day_changed 1']],
    [`nonce = sha256('other')`, ['day_changed 1']],
    [`leaf_hash = sha256('other')`, ['day_changed 1', 'day_head_forged 2', 'day_head_forged 3', 'day_head_forged 4']],
    [`consistency = sha256('other')`, ['day_head_forged 2']],
    [`signature = (SELECT signature FROM audit_days WHERE position = 2)`, ['day_head_forged 2']],
    [`signature = (SELECT signature FROM audit_heads LIMIT 1)`, ['day_head_forged 2']],
    [`signature = ''`, ['day_head_forged 2']],
    [`day = '2001-01-01'`, ['day_changed 1', 'day_head_forged 2']],
  ])('finds a day in which somebody set %s', async (change, faults) => {
    const found = await faultsAfter(`UPDATE audit_days SET ${change} WHERE position = 1`);
    expect(found.filter((fault) => fault.startsWith('day'))).toEqual(faults);
  });

  it('finds a day that was taken out', async () => {
    expect(await faultsAfter('DELETE FROM audit_days WHERE position = 1')).toContain('day_changed 1');
  });

  it('finds days that were cut off, or a history that was written anew, by the heads that somebody kept', async () => {
    const published = (await heads()).map(({ signature }) => signature);
    expect(await log.faults(published)).toEqual([]);
    const cut = 'DELETE FROM audit_days WHERE position >= 2';
    expect(await faultsAfter(cut)).toEqual([]);
    expect(await faultsAfter(cut, published)).toEqual(['days_cut_off 3', 'days_cut_off 4']);
    expect(await log.faults([`${published[0] ?? ''}x`])).toEqual(['day_head_forged given']);

    await log.asOwner('CREATE TABLE before AS SELECT * FROM audit_days; TRUNCATE audit_days');
    for (let i = 0; i < 4; i += 1) await new Sequencer(log.database, log.keys, SILENT).turn(ago(0));
    expect(await log.faults()).toEqual([]);
    expect(await log.faults(published)).toEqual([1, 2, 3, 4].map((size) => `day_head_forged ${size.toString()}`));
    await log.asOwner('TRUNCATE audit_days; INSERT INTO audit_days SELECT * FROM before; DROP TABLE before');
  });

  it('finds a change of what a day commits to, whatever was done to the heads', async () => {
    const [day] = await log.asOwner<{ size: string }>('SELECT size FROM audit_days WHERE position = 0');
    await log.asOwner(
      `CREATE TABLE heads AS SELECT * FROM audit_heads; TRUNCATE audit_heads;
       UPDATE audit_leaves SET leaf_hash = sha256('other') WHERE position = 0`,
    );
    expect(await log.faults()).toContain(`head_not_of_this_tree ${day?.size ?? ''}`);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { signHead } from '../../src/audit/audit-head.js';
import { entryLeafHash, RECORDED_ENTRY, type RecordedEntry } from '../../src/audit/audit-leaf.js';
import { exportEntries } from '../../src/audit/export-entries.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { runCommand } from '../support/command.js';
import type { TestDatabase } from '../support/database.js';
import { afterTheNight, CASE, openAuditLog, PUBLIC, SILENT, type AuditLog } from './audit-log.js';
import { makeServiceKeys } from '../support/service-keys.js';

const DAY_HEAD = 'onedoor-audit-day';

let keysDirectory: string;
let template: TestDatabase;
let log: AuditLog;

/* Twelve chained entries under three heads (of 4, 8 and 11), the last entry under none yet, and two that wait. */
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
  await prepared.record(officer, officer, officer);
  await sequencer.runOnce();
  await prepared.record(officer);
  await sequencer.runOnce();
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
});
afterEach(async () => {
  await log.close();
});

const idAt = async (position: number): Promise<string> => {
  const [leaf] = await log.asOwner<{ id: string }>('SELECT entry_id AS id FROM audit_leaves WHERE position = $1', [
    position,
  ]);
  return leaf?.id ?? '';
};
const idWaiting = async (): Promise<string> => {
  const [waiting] = await log.asOwner<{ id: string }>(
    'SELECT entry_id AS id FROM audit_pending WHERE night_of IS NULL',
  );
  return waiting?.id ?? '';
};

describe('verifying the audit log', () => {
  it('finds nothing in a log as it was written, and says what is not chained yet', async () => {
    const report = await log.verify();
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({ leaves: 12, heads: 3, lastHead: { size: 11 }, backlog: { count: 2 } });
    expect(report.backlog.oldestOn).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it('finds nothing in an empty log', async () => {
    await log.asOwner('TRUNCATE audit_entries, audit_pending, audit_leaves, audit_heads, audit_nodes, audit_days');
    const nothing = { count: 0, late: 0, oldestOn: null, oldestAt: null };
    expect(await log.verify()).toEqual({ leaves: 0, heads: 0, days: 0, lastHead: null, backlog: nothing, faults: [] });
  });

  it.each([
    [`action = 'case.lodged'`],
    [`actor_kind = 'system'`],
    [`actor_id = 'somebody'`],
    [`agency_id = 'police'`],
    [`agency_id = NULL`],
    [`case_id = gen_random_uuid()`],
    [`subject = ''`],
    [`happened_at = happened_at + interval '1 millisecond'`],
    [`happened_at = NULL`],
    [`happened_on = happened_on - 1`],
  ])('finds an entry in which somebody set %s', async (change) => {
    const id = await idAt(9);
    await log.asOwner(`UPDATE audit_entries SET ${change} WHERE id = $1`, [id]);
    expect(await log.faults()).toEqual([`entry_changed ${id}`]);
  });

  it('finds an entry that was changed together with its leaf', async () => {
    const id = await idAt(5);
    await log.asOwner(`UPDATE audit_entries SET subject = 'other' WHERE id = $1`, [id]);
    await hashAgain(id);
    expect(await log.faults()).toEqual(['head_not_of_this_tree 8']);
  });

  it('finds an entry whose leaf was given another hash', async () => {
    await log.asOwner(`UPDATE audit_leaves SET leaf_hash = sha256('other') WHERE position = 11`);
    expect(await log.faults()).toEqual([`entry_changed ${await idAt(11)}`, 'node_changed 1.5', 'node_changed 2.2']);
  });

  it('finds a deleted entry', async () => {
    const id = await idAt(3);
    await log.asOwner('DELETE FROM audit_entries WHERE id = $1', [id]);
    expect(await log.faults()).toEqual([`entry_deleted ${id}`]);
  });

  it('finds an entry that was exchanged for another', async () => {
    const id = await idAt(3);
    await log.asOwner('UPDATE audit_entries SET id = gen_random_uuid() WHERE id = $1', [id]);
    const faults = await log.faults();
    expect(faults).toHaveLength(2);
    expect(faults[0]).toBe(`entry_deleted ${id}`);
    expect(faults[1]).toMatch(/^entry_outside /);
  });

  it('finds a leaf that was deleted with its entry', async () => {
    await log.asOwner('DELETE FROM audit_entries WHERE id = $1', [await idAt(6)]);
    await log.asOwner('DELETE FROM audit_leaves WHERE position = 6');
    expect(await log.faults()).toEqual(['leaf_deleted 6', 'head_not_of_this_tree 8']);
  });

  it('finds a deleted leaf when those behind it were moved up', async () => {
    await log.asOwner('DELETE FROM audit_entries WHERE id = $1', [await idAt(6)]);
    await log.asOwner('DELETE FROM audit_leaves WHERE position = 6');
    for (let i = 7; i < 12; i += 1) {
      await log.asOwner('UPDATE audit_leaves SET position = position - 1 WHERE position = $1', [i]);
    }
    expect(await log.faults()).toEqual(['head_not_of_this_tree 8']);
  });

  it('finds a leaf that was put somewhere out of sight', async () => {
    const id = await idAt(11);
    await log.asOwner('UPDATE audit_leaves SET position = -1 WHERE position = 11');
    expect(await log.faults()).toEqual([`entry_outside ${id}`, 'node_changed 1.5', 'node_changed 2.2']);
    await log.asOwner('UPDATE audit_leaves SET position = 9223372036854775807 WHERE position = -1');
    expect(await log.faults()).toEqual(['leaf_deleted 11']);
  });

  it('finds two leaves that changed places', async () => {
    await log.asOwner('UPDATE audit_leaves SET position = -1 WHERE position = 4');
    await log.asOwner('UPDATE audit_leaves SET position = 4 WHERE position = 9');
    await log.asOwner('UPDATE audit_leaves SET position = 9 WHERE position = -1');
    expect(await log.faults()).toEqual(['head_not_of_this_tree 8']);
  });

  it('finds a tail that was cut off', async () => {
    await log.asOwner(
      'WITH cut AS (DELETE FROM audit_leaves WHERE position >= 10 RETURNING entry_id) DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM cut)',
    );
    expect(await log.faults()).toEqual(['tree_cut_off 11']);
  });

  it('finds a tail that was cut off with its head, where the head was noted elsewhere', async () => {
    const noted = (await log.verify()).lastHead?.signature ?? '';
    expect(await log.faults([noted])).toEqual([]);
    await log.asOwner(
      'WITH cut AS (DELETE FROM audit_leaves WHERE position >= 8 RETURNING entry_id) DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM cut)',
    );
    await log.asOwner('DELETE FROM audit_heads WHERE size > 8');
    expect(await log.faults()).toEqual(['node_changed 1.4', 'node_changed 1.5', 'node_changed 2.2']);
    await log.asOwner('DELETE FROM audit_nodes WHERE place >= 8 >> level');
    expect(await log.faults()).toEqual([]);
    expect(await log.faults([noted])).toEqual(['tree_cut_off 11']);
    expect(await log.faults([`${noted}x`])).toEqual(['head_forged given']);
  });

  it('finds a head that was forged', async () => {
    const others = await makeServiceKeys(join(keysDirectory, 'others'));
    const [head] = await log.asOwner<{ root: Buffer }>('SELECT root FROM audit_heads WHERE size = 8');
    const root = head?.root ?? Buffer.alloc(0);
    const today = '2025-11-22';
    const set = async (column: string, value: unknown): Promise<void> => {
      await log.asOwner(`UPDATE audit_heads SET ${column} = $1 WHERE size = 8`, [value]);
    };
    const [before] = await log.asOwner('SELECT * FROM audit_heads WHERE size = 8');
    const forgeries: [string, unknown][] = [
      ['signature', ''],
      ['signature', await signHead({ size: 8, root, on: today }, others.heads)],
      ['signature', await signHead({ size: 8, root, on: today }, { ...others.heads, kid: log.keys.heads.kid })],
      ['signature', await signHead({ size: 8, root, on: today }, log.keys.proofs)],
      ['root', Buffer.alloc(32)],
      ['edge', Buffer.alloc(32)],
      ['signed_at', new Date(0)],
    ];
    for (const [column, value] of forgeries) {
      await set(column, value);
      expect(await log.faults()).toEqual(['head_forged 8']);
      await set(column, before?.[column]);
      expect(await log.faults()).toEqual([]);
    }
    await log.asOwner('UPDATE audit_heads SET size = 9 WHERE size = 8');
    expect(await log.faults()).toEqual(['head_forged 9']);
  });

  it('finds an inner node that was changed, deleted or added', async () => {
    for (const [change, fault] of [
      [`UPDATE audit_nodes SET hash = sha256('other') WHERE level = 2 AND place = 1`, 'node_changed 2.1'],
      ['DELETE FROM audit_nodes WHERE level = 2 AND place = 1', 'node_changed 2.1'],
      [`INSERT INTO audit_nodes VALUES (2, 1, sha256('other')), (9, 0, 'more')`, 'node_changed 2.1,node_changed 9.0'],
      ['UPDATE audit_nodes SET place = -1 WHERE level = 9', 'node_changed 2.1,node_changed 9.-1'],
    ] as const) {
      await log.asOwner(change);
      expect((await log.faults()).join()).toBe(fault);
    }
  });

  it('finds an entry that was kept from the tree, or brought in beside it', async () => {
    const id = await idWaiting();
    await log.asOwner('DELETE FROM audit_pending WHERE entry_id = $1', [id]);
    expect(await log.faults()).toEqual([`entry_outside ${id}`]);
  });

  it('finds an entry that waits although it is gone, or is chained already', async () => {
    const [waiting, chained] = [await idWaiting(), await idAt(2)];
    await log.asOwner('DELETE FROM audit_entries WHERE id = $1', [waiting]);
    await log.asOwner('INSERT INTO audit_pending (entry_id) VALUES ($1)', [chained]);
    expect((await log.faults()).sort()).toEqual([`pending_stray ${waiting}`, `pending_stray ${chained}`].sort());
  });

  it('names at most a hundred faults, and goes on over more than a page', async () => {
    const sequencer = new Sequencer(log.database, log.keys, SILENT);
    await log.asOwner(`
      WITH entry AS (
        INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_at, happened_on)
        SELECT gen_random_uuid(), 'case.read', 'system', 'test', now(), now() FROM generate_series(1, 5100) RETURNING id
      ) INSERT INTO audit_pending (entry_id) SELECT id FROM entry`);
    await sequencer.runOnce(new Date(Date.now() + 3_600_000));
    expect(await log.verify()).toMatchObject({ leaves: 5_113, faults: [], lastHead: { size: 5_113 } });
    await log.asOwner(`UPDATE audit_entries SET subject = 'other'`);
    expect(await log.faults()).toHaveLength(100);
  });

  it('is not led astray by what is recorded and chained meanwhile', async () => {
    const sequencer = new Sequencer(log.database, log.keys, SILENT);
    const enough = new AbortController();
    const busy = (async () => {
      while (!enough.signal.aborted) {
        await log.record({}, {});
        await sequencer.runOnce(new Date(Date.now() + 120_000));
      }
    })();
    for (let i = 0; i < 10; i += 1) expect(await log.faults()).toEqual([]);
    enough.abort();
    await busy;
  });
});

describe('npm run verify:audit', () => {
  const run = (kept: readonly string[] = [], more: Record<string, string | undefined> = {}) =>
    runCommand('src/audit/verify-audit.ts', kept, {
      DATABASE_URL: log.test.applicationUrl,
      SERVICE_KEYS: keysDirectory,
      ...more,
    });

  it('ends well over a whole log, and prints the head that a later run can be held to', async () => {
    const first = await run();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^12 entries chained, 11 of them under 3 signed heads\.\n0 days with a published head\.\n2 entries not yet chained/,
    );
    const head = first.stdout.split('\n').find((line) => line.startsWith('eyJ')) ?? '';
    expect(await run([head])).toMatchObject({ code: 0 });
    // A file of heads, as they were answered or noted, with whatever stands around them.
    const file = join(keysDirectory, 'kept.json');
    const foreign = await signHead({ size: 1, root: Buffer.alloc(32), on: '2025-11-22' }, log.keys.heads, DAY_HEAD);
    await writeFile(file, JSON.stringify({ heads: [{ signature: foreign }], noted: head }));
    const held = await run(['--heads', file]);
    expect(held).toMatchObject({ code: 1 });
    expect(held.stdout).toMatch(/The audit log was changed:\n {2}days_cut_off 1\n$/);
  });

  it('ends badly over a changed one, naming ids only', async () => {
    const id = await idAt(0);
    await log.asOwner(`UPDATE audit_entries SET subject = 'sentinel' WHERE id = $1`, [id]);
    const { code, stdout } = await run();
    expect(code).toBe(1);
    expect(stdout).toContain(`The audit log was changed:\n  entry_changed ${id}\n`);
    expect(stdout).not.toContain('sentinel');
  });

  it('verifies an export without the database, with the published keys alone', async () => {
    const [file, keys] = [join(keysDirectory, 'export.jsonl'), join(keysDirectory, 'keys.json')];
    const reading = <T>(work: (manager: EntityManager) => Promise<T>): Promise<T> =>
      log.database.asActor({ kind: 'system', name: 'verify_audit' }, work);
    let text = '';
    for await (const line of exportEntries(reading, { from: '2025-01-01', to: '2099-01-01' })) text += line;
    await writeFile(file, text);
    await writeFile(keys, JSON.stringify({ keys: [log.keys.proofs.publicJwk, log.keys.heads.publicJwk] }));
    const nothing = { DATABASE_URL: 'postgres://127.0.0.1:1/none', SERVICE_KEYS: join(keysDirectory, 'none') };
    const whole = await run(['--export', file, '--keys', keys], nothing);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(whole.stdout).toMatch(/^7 entries under a head of 11 entries, /);
    await writeFile(file, text.replace('"reply"', '"other"'));
    const changed = await run(['--export', file, '--keys', keys], nothing);
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.stdout).toContain('The export was changed:\n  line 2: entry_not_proven\n');
    expect(await run(['--export', file], nothing)).toMatchObject({ code: 2, stdout: '' });
  });

  it('never passes for well where the log or the keys cannot be read', async () => {
    expect(await run([], { DATABASE_URL: 'postgres://127.0.0.1:1/none' })).toMatchObject({ code: 2, stdout: '' });
    expect(await run([], { SERVICE_KEYS: join(keysDirectory, 'none') })).toMatchObject({
      code: 2,
      stderr: 'SERVICE_KEYS cannot be used: the directory cannot be read.\n',
    });
    const home = join(keysDirectory, 'home');
    const nothingSet = { ONEDOOR_HOME: home, SERVICE_KEYS: undefined, DATABASE_URL: undefined };
    expect(await run([], nothingSet)).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(home)).toBe(false);
  });
});

/** What an owner of the tables does who knows how leaves are made. */
async function hashAgain(id: string): Promise<void> {
  const [entry] = await log.asOwner<RecordedEntry & Record<string, unknown>>(
    `SELECT ${RECORDED_ENTRY} FROM audit_entries e WHERE id = $1`,
    [id],
  );
  const hash = entry ? Buffer.from(entryLeafHash(entry)) : null;
  await log.asOwner('UPDATE audit_leaves SET leaf_hash = $1 WHERE entry_id = $2', [hash, id]);
}

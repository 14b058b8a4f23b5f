import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DatabaseRole } from '../../config/database-roles.js';
import type { Actor } from '../../config/database.js';
import type { AuditAction } from '../../src/audit/audit-actions.js';
import { append, auditBacklog } from '../../src/audit/audit.js';
import { dayInAuckland } from '../../src/web/day.js';
import { CASE, OFFICER, openAuditLog, PUBLIC, type AuditLog } from './audit-log.js';

let log: AuditLog;
const TABLES = ['audit_entries', 'audit_pending', 'audit_leaves', 'audit_heads', 'audit_nodes', 'audit_days'];

beforeAll(async () => {
  log = await openAuditLog();
});
afterAll(async () => {
  await log.close();
});
beforeEach(async () => {
  await log.asOwner(`TRUNCATE ${TABLES.join(', ')}`);
});

interface Recorded {
  readonly actor_id: string;
  readonly happened_at: Date | null;
  readonly happened_on: string;
  readonly night_of: string | null;
}

const recorded = () =>
  log.asOwner<Recorded>(`SELECT action, actor_kind, actor_id, agency_id, case_id, subject, happened_at,
                      to_char(happened_on, 'YYYY-MM-DD') AS happened_on, to_char(night_of, 'YYYY-MM-DD') AS night_of
               FROM audit_entries JOIN audit_pending ON entry_id = id`);

describe('an act that is recorded', () => {
  it('names the officer, the agency and the moment', async () => {
    const before = Date.now();
    await log.record({ action: 'case.assigned', caseId: CASE, subject: OFFICER.kind });
    const [row] = await recorded();
    const at = row?.happened_at ?? new Date(0);
    expect(row).toEqual({
      action: 'case.assigned',
      actor_kind: 'staff',
      actor_id: '0b9dbf86-6a4f-4b8b-9d0e-3d1f5a0f7c11',
      agency_id: 'ombudsman',
      case_id: CASE,
      subject: 'staff',
      happened_at: at,
      happened_on: dayInAuckland(at),
      night_of: null,
    });
    expect(at.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('carries a day and nobody where a reporter did it', async () => {
    await log.record({ action: 'case.lodged', actor: PUBLIC, caseId: CASE, agencyId: 'ombudsman' });
    await log.record({ action: 'case.message_added', actor: { kind: 'mailbox', caseId: CASE } });
    const rows = await recorded();
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatchObject({ actor_id: '', case_id: CASE, happened_at: null });
      expect(row.night_of).toBe(row.happened_on);
      expect(row.happened_on).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  it('carries a day, and the officer, where it concerns a disclosure', async () => {
    await log.record({ caseId: CASE, dayOnly: true });
    await log.record({ action: 'case.placed', actor: { kind: 'system', name: 'routing' }, dayOnly: true });
    const rows = await recorded();
    expect(rows.map((row) => row.actor_id).sort()).toEqual(['0b9dbf86-6a4f-4b8b-9d0e-3d1f5a0f7c11', 'routing']);
    for (const row of rows) expect(row).toMatchObject({ happened_at: null, night_of: row.happened_on });
  });

  it('is gone with the transaction of the act', async () => {
    const undone = log.database.asActor(OFFICER, async (manager) => {
      await append(manager, { action: 'case.closed', actor: OFFICER });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await log.asOwner('SELECT id FROM audit_entries')).toEqual([]);
    expect(await log.asOwner('SELECT entry_id FROM audit_pending')).toEqual([]);
  });

  it('holds codes only', async () => {
    for (const action of ['', 'lodged', 'case.Lodged', 'case lodged', `case.${'a'.repeat(64)}`]) {
      await expect(log.record({ action: action as AuditAction })).rejects.toThrow(TypeError);
    }
    for (const subject of ['', 'two words', 'a\n', 'Wīremu', 'a@b', 'x'.repeat(129)]) {
      await expect(log.record({ subject })).rejects.toThrow(TypeError);
    }
    expect(await recorded()).toEqual([]);
  });

  it('is counted, with the age of the oldest, until it is in the tree', async () => {
    const backlog = () => log.database.asActor({ kind: 'system', name: 'metrics' }, auditBacklog);
    expect(await backlog()).toEqual({ count: 0, late: 0, oldestOn: null, oldestAt: null });
    await log.record({}, { actor: PUBLIC });
    await log.asOwner(`UPDATE audit_entries SET happened_on = '2025-03-01' WHERE actor_kind = 'public'`);
    const { oldestAt, ...rest } = await backlog();
    expect(rest).toEqual({ count: 2, late: 1, oldestOn: '2025-03-01' });
    expect(oldestAt).toBeInstanceOf(Date);
  });
});

const ROLES = ['onedoor_web', 'onedoor_worker', 'onedoor_publisher', 'onedoor_auditor'] as const;

describe('the application', () => {
  const asApplication = (statement: string, role: DatabaseRole = 'onedoor_auditor') =>
    log.database.asActor({ kind: 'system', name: 'audit_sequencer' }, (manager) => manager.query<unknown>(statement), {
      role,
    });

  it.each(TABLES)('can neither change nor empty %s, nor ask when a row was written', async (table) => {
    const [first] = await log.asOwner<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum = 1`,
    );
    const column = first?.name ?? '';
    await expect(asApplication(`SELECT ${column} FROM ${table}`)).resolves.toEqual([]);
    const statements = [
      `UPDATE ${table} SET ${column} = ${column}`,
      `TRUNCATE ${table}`,
      `DROP TABLE ${table}`,
      `ALTER TABLE ${table} ADD more text`,
      `SELECT xmin FROM ${table}`,
      `SELECT ctid FROM ${table}`,
      `DELETE FROM ${table}`,
    ];
    for (const role of ROLES) {
      for (const statement of statements) {
        // What is in the tree no longer waits for it: the sequencer, and nobody else, takes it off the list.
        if (statement === 'DELETE FROM audit_pending' && role === 'onedoor_worker') continue;
        await expect(asApplication(statement, role)).rejects.toThrow(/permission denied|must be owner/);
      }
    }
  });

  it('cannot ask of any table when a row was written', async () => {
    const tables = await log.asOwner<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
        WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'bullmq') AND table_type = 'BASE TABLE'`,
    );
    const names = tables.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['public.cases', 'public.staff', 'disposal.keys', 'public.outbox']));
    for (const name of names) {
      for (const role of ROLES) {
        const asks = asApplication(`SELECT xmin, xmax, ctid FROM ${name}`, role);
        await expect(asks).rejects.toThrow('permission denied');
      }
    }
  });

  it.each<[string, Actor]>([
    ['the public', PUBLIC],
    ['a mailbox', { kind: 'mailbox', caseId: CASE }],
    ['an administrator', { ...OFFICER, roles: ['admin'] } as Actor],
    ['an auditor', { ...OFFICER, roles: ['auditor'] } as Actor],
    ...['audit_sequencer', 'audit_watch', 'rules', 'sweeper', 'metrics'].map((name): [string, Actor] => [
      `the server’s own ${name}`,
      { kind: 'system', name },
    ]),
  ])('cannot change or delete what was recorded, as %s in whatever role', async (_, actor) => {
    const roles = ['onedoor_web', 'onedoor_worker', 'onedoor_publisher', 'onedoor_auditor'] as const;
    for (const role of roles) {
      for (const table of TABLES.filter((name) => name !== 'audit_pending')) {
        const [first] = await log.asOwner<{ name: string }>(
          `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum = 1`,
        );
        const column = first?.name ?? '';
        for (const statement of [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`]) {
          const trying = log.database.asActor(actor, (manager) => manager.query(statement), { role });
          await expect(trying).rejects.toThrow('permission denied');
        }
      }
    }
  });

  it('cannot put a name or a time to what a reporter did', async () => {
    const insert = (actor: string, at: string) =>
      asApplication(
        `INSERT INTO audit_entries (id, action, actor_kind, actor_id, happened_at, happened_on)
                     VALUES (gen_random_uuid(), 'case.lodged', 'public', '${actor}', ${at}, '2025-03-01')`,
        'onedoor_web',
      );
    await expect(insert('someone', 'NULL')).rejects.toThrow('ck_audit_entries_actor');
    await expect(insert('', 'now()')).rejects.toThrow('ck_audit_entries_actor');
    await insert('', 'NULL');
  });
});

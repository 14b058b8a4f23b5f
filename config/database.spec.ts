import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { freshDatabase, type TestDatabase } from '../test/support/database.js';
import { createDataSource } from './data-source.js';
import { Database, type Actor } from './database.js';

let fresh: TestDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(async () => {
  await fresh.drop();
});

interface Seen {
  readonly role: string;
  readonly kind: string;
  readonly id: string;
  readonly agency: string;
  readonly roles: string;
}

const SEE = `
  SELECT current_user AS role, coalesce(current_setting('onedoor.actor_kind', true), '') AS kind,
         coalesce(current_setting('onedoor.actor_id', true), '') AS id,
         coalesce(current_setting('onedoor.actor_agency', true), '') AS agency,
         coalesce(current_setting('onedoor.actor_roles', true), '') AS roles`;

const NOBODY: Seen = { role: 'onedoor_login', kind: '', id: '', agency: '', roles: '' };

async function seen(by: EntityManager | DataSource): Promise<Seen | undefined> {
  return (await by.query<Seen[]>(SEE))[0];
}

/** Somebody, and what PostgreSQL must know of them. */
function somebody(n: number): { readonly actor: Actor; readonly known: Seen } {
  const id = randomUUID();
  const agency = `agency_${n.toString()}`;
  const nothing = { agency: '', roles: '' };
  switch (n % 4) {
    case 0:
      return { actor: { kind: 'public' }, known: { role: 'onedoor_web', kind: 'public', id: '', ...nothing } };
    case 1:
      return {
        actor: { kind: 'mailbox', caseId: id },
        known: { role: 'onedoor_web', kind: 'mailbox', id, ...nothing },
      };
    case 2:
      return {
        actor: { kind: 'staff', staffId: id, agencyId: agency, roles: ['officer', 'lead'] },
        known: { role: 'onedoor_web', kind: 'staff', id, agency, roles: 'officer,lead' },
      };
    default:
      return {
        actor: { kind: 'system', name: 'routing' },
        known: { role: 'onedoor_worker', kind: 'system', id: 'routing', ...nothing },
      };
  }
}

describe.each([1, 2])('on a pool of %i', (max) => {
  let dataSource: DataSource;
  let database: Database;

  beforeAll(async () => {
    dataSource = await createDataSource(fresh.applicationUrl, [], { max }).initialize();
    database = new Database(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
  });

  it('everybody is known as who they are, and nobody after them as they were', async () => {
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const { actor, known } = somebody(n);
        const work = database.asActor(actor, async (manager) => {
          expect(await seen(manager)).toEqual(known);
          // Some fail by what they throw, and some by what PostgreSQL refuses.
          if (n % 5 === 1) throw new Error('thrown');
          if (n % 5 === 2) await manager.query('SELECT 1 / 0');
          expect(await seen(manager)).toEqual(known);
        });
        await work.catch((error: unknown) => {
          expect(String(error)).toMatch(n % 5 === 1 ? /thrown$/ : /division by zero/);
        });
        expect(await seen(dataSource)).toEqual(NOBODY);
      }),
    );
  });

  it('somebody with less than the one before has no more than their own', async () => {
    const without = { kind: 'staff', staffId: randomUUID(), agencyId: 'msd' } as const;
    await database.asActor({ ...without, roles: ['officer'] }, async (manager) => {
      expect((await seen(manager))?.roles).toBe('officer');
    });
    await database.asActor(without, async (manager) => {
      expect(await seen(manager)).toEqual({
        role: 'onedoor_web',
        kind: 'staff',
        id: without.staffId,
        agency: 'msd',
        roles: '',
      });
    });
  });

  it('a query beside a transaction finds no table at all', async () => {
    await expect(dataSource.query('SELECT id FROM cases')).rejects.toThrow('"cases" does not exist');
    await database.asActor({ kind: 'system', name: 'routing' }, (manager) => manager.query('SELECT id FROM cases'));
    await expect(dataSource.query('SELECT id FROM public.cases')).rejects.toThrow(
      'permission denied for schema public',
    );
    await expect(dataSource.query('SELECT key FROM disposal.keys')).rejects.toThrow('permission denied');
  });

  it('what is written in somebody’s name is data, and never a setting or a role', async () => {
    const id = `x', true), set_config('role', 'onedoor_worker', true), ('`;
    await database.asActor({ kind: 'staff', staffId: id, agencyId: id, roles: [id] }, async (manager) => {
      expect(await seen(manager)).toEqual({ role: 'onedoor_web', kind: 'staff', id, agency: id, roles: id });
    });
  });
});

describe('a transaction', () => {
  it('is begun for somebody in one round trip beside its beginning and its end', async () => {
    const dataSource = await createDataSource(fresh.applicationUrl, [], { max: 1 }).initialize();
    const sent: string[] = [];
    dataSource.setOptions({
      logger: {
        logQuery: (query: string) => sent.push(query),
        logQueryError: () => undefined,
        logQuerySlow: () => undefined,
        logSchemaBuild: () => undefined,
        logMigration: () => undefined,
        log: () => undefined,
      },
    });
    try {
      await new Database(dataSource).asActor({ kind: 'public' }, (manager) => manager.query('SELECT 1'));
      expect(sent).toHaveLength(4);
    } finally {
      await dataSource.destroy();
    }
  });
});

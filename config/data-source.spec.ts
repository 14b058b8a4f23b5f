import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type TestDatabase } from '../test/support/database.js';
import { createDataSource, refuseOwner } from './data-source.js';
import { SettingsError, type Settings } from './settings.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
});

/** Whether a role of that URL may serve: what `refuseOwner` says, or null. */
async function refusal(url: string, part: Settings['ROLE'] = 'all'): Promise<unknown> {
  const dataSource = await createDataSource(url, []).initialize();
  try {
    return await refuseOwner(dataSource, part).then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    await dataSource.destroy();
  }
}

/** A login role made for one test, and removed after it. */
async function withRole(name: string, then: readonly string[], work: (url: string) => Promise<void>): Promise<void> {
  const owner = await createDataSource(database.ownerUrl, []).initialize();
  const role = `${name}_${database.name}`;
  try {
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'`);
    for (const statement of then) await owner.query(statement.replaceAll('ROLE_NAME', role));
    const url = new URL(database.applicationUrl);
    url.username = role;
    url.password = 'pw';
    await work(url.href);
  } finally {
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.destroy();
  }
}

describe('the role to serve as', () => {
  it('may be the one that may become what work is done as', async () => {
    expect(await refusal(database.applicationUrl)).toBeNull();
  });

  it('may not be a superuser', async () => {
    const error = await refusal(database.ownerUrl);
    expect(error).toBeInstanceOf(SettingsError);
    expect(String(error)).toMatch(/DATABASE_URL names a superuser/);
  });

  it('may not own a table, nor be a member of a role that does', async () => {
    const owns = [
      'GRANT CREATE, USAGE ON SCHEMA public TO ROLE_NAME',
      'CREATE TABLE owned ()',
      'ALTER TABLE owned OWNER TO ROLE_NAME',
    ];
    await withRole('owning', owns, async (url) => {
      expect(String(await refusal(url))).toMatch(/DATABASE_URL names a role that owns tables/);
    });
    await withRole('member', ['GRANT onedoor_owner TO ROLE_NAME'], async (url) => {
      expect(String(await refusal(url))).toMatch(/DATABASE_URL names a role that owns tables/);
    });
  });

  it('may not be one that cannot become what its process works as', async () => {
    await withRole('stranger', [], async (url) => {
      expect(String(await refusal(url))).toMatch(/npm run migrate/);
    });
    const web = [
      'GRANT onedoor_web, onedoor_publisher, onedoor_auditor, onedoor_insight TO ROLE_NAME WITH INHERIT FALSE',
    ];
    await withRole('web', web, async (url) => {
      expect(await refusal(url, 'web')).toBeNull();
      expect(String(await refusal(url, 'worker'))).toMatch(/may not become onedoor_worker/);
    });
  });

  it('may not have any rights while nobody acts', async () => {
    const web = ['GRANT onedoor_web, onedoor_publisher, onedoor_auditor, onedoor_insight TO ROLE_NAME'];
    await withRole('heir', web, async (url) => {
      expect(String(await refusal(url, 'web'))).toMatch(/WITH INHERIT FALSE/);
    });
  });
});

describe('a pool', () => {
  it('cuts off a statement that takes too long', async () => {
    const dataSource = await createDataSource(database.applicationUrl, [], { statementTimeout: 50 }).initialize();
    await expect(dataSource.query('SELECT pg_sleep(10)')).rejects.toThrow('statement timeout');
    await dataSource.destroy();
  });

  it('opens no more connections than it may', async () => {
    const dataSource = await createDataSource(database.applicationUrl, [], { max: 2 }).initialize();
    const pids = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() =>
        dataSource.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid, pg_sleep(0.02)'),
      ),
    );
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBeLessThanOrEqual(2);
    await dataSource.destroy();
  });
});

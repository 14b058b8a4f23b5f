import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase, type TestDatabase } from '../test/support/database.js';
import { PreparingClient } from './preparing-client.js';

let database: TestDatabase;
let owner: Client;
let client: PreparingClient;

beforeAll(async () => {
  database = await freshDatabase('template0');
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
beforeEach(async () => {
  client = new PreparingClient({ connectionString: database.ownerUrl });
  await client.connect();
});
afterEach(() => client.end());
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** What PostgreSQL remembers for this connection. */
const remembered = async (): Promise<string[]> =>
  (await client.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements')).rows.map(
    ({ statement }) => statement,
  );

/** A statement that no other test asks. */
const own = (name: string): string => `SELECT $1::int + 1 AS "${name}"`;

describe('a statement with parameters', () => {
  it('is remembered from its second time on, and answers the same', async () => {
    const text = own('second');
    for (const [n, known] of [0, 1, 1, 1].entries()) {
      expect((await client.query(text, [n])).rows).toEqual([{ second: n + 1 }]);
      expect((await remembered()).filter((one) => one === text)).toHaveLength(known);
    }
  });

  it('is remembered by each connection for itself', async () => {
    const text = own('each');
    const other = new PreparingClient({ connectionString: database.ownerUrl });
    await other.connect();
    try {
      for (const one of [client, other, client, other])
        expect((await one.query(text, [1])).rows).toEqual([{ each: 2 }]);
    } finally {
      await other.end();
    }
  });

  it('that failed the first times succeeds when it can', async () => {
    const text = 'SELECT made.a FROM made WHERE made.a = $1::int';
    for (let n = 0; n < 3; n++) await expect(client.query(text, [1])).rejects.toMatchObject({ code: '42P01' });
    await owner.query('CREATE TABLE made (a int); INSERT INTO made VALUES (1)');
    for (let n = 0; n < 3; n++) expect((await client.query(text, [1])).rows).toEqual([{ a: 1 }]);
  });

  it('that fails within a transaction leaves the next one whole', async () => {
    const text = 'SELECT 1 / $1::int AS divided';
    for (let n = 0; n < 3; n++) {
      await client.query('BEGIN');
      await expect(client.query(text, [0])).rejects.toMatchObject({ code: '22012' });
      await client.query('ROLLBACK');
      expect((await client.query(text, [1])).rows).toEqual([{ divided: 1 }]);
    }
  });

  it('is not remembered without end', async () => {
    for (const round of [1, 2]) {
      for (let n = 0; n < 450; n++) {
        const { rows } = await client.query(own(`n${n.toString()}`), [round]);
        expect(rows).toEqual([{ [`n${n.toString()}`]: round + 1 }]);
      }
    }
    expect(await remembered()).toHaveLength(400);
  });
});

it('a statement without parameters is never remembered', async () => {
  for (let n = 0; n < 3; n++) await client.query('SELECT 7 AS alone');
  for (let n = 0; n < 3; n++) await client.query('SELECT 7 AS alone', []);
  expect(await remembered()).toEqual([]);
});

it('row security holds for who acts at the moment, also where the statement was planned for another', async () => {
  const roles = ['one', 'other'].map((name) => `${name}_${database.name}`);
  await owner.query('CREATE TABLE held (whose text); ALTER TABLE held ENABLE ROW LEVEL SECURITY');
  for (const role of roles) {
    await owner.query(`CREATE ROLE ${role}; GRANT SELECT ON held TO ${role}; INSERT INTO held VALUES ('${role}')`);
    await owner.query(`CREATE POLICY ${role} ON held TO ${role} USING (whose = '${role}')`);
  }
  try {
    for (let n = 0; n < 16; n++) {
      const role = roles[n % 2] ?? '';
      await client.query('BEGIN');
      await client.query(`SET LOCAL ROLE ${role}`);
      const { rows } = await client.query<{ whose: string }>('SELECT whose FROM held WHERE whose <> $1', ['nobody']);
      expect(rows).toEqual([{ whose: role }]);
      await client.query('COMMIT');
    }
  } finally {
    await owner.query(`DROP TABLE held; DROP ROLE ${roles.join(', ')}`);
  }
});

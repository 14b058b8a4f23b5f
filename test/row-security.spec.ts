import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase, type TestDatabase } from './support/database.js';

/** Policies of the web that show every row to whoever asks, and why that is all right. */
const OPEN_TO_ALL: Readonly<Record<string, string>> = {
  'agencies web_sees': 'which agencies take part, and whether their doors are open, is public',
  'agency_keys web_sees': 'everybody who lodges seals to them',
  'staff_keys web_sees':
    'the public halves of keys, by which seals are made and signatures checked; no name is among it',
  'recovery_keys web_sees': 'the public halves of keys on paper, to which everybody who lodges seals too',
  'key_log_entries web': 'published, for anybody to hold keys to',
  'key_log_heads web': 'published with it',
  'key_log_cosignatures web': 'published with it',
  'audit_days web': 'published, for anybody to hold the log to',
};

/** Granted to everybody who connects, by PostgreSQL or by us. */
const ROLES = [
  'onedoor_web',
  'onedoor_worker',
  'onedoor_publisher',
  'onedoor_auditor',
  'onedoor_figures',
  'onedoor_insight',
  'onedoor_open_data',
];

let database: TestDatabase;
let owner: Client;

beforeAll(async () => {
  database = await freshDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function lines(sql: string, values: unknown[] = []): Promise<string[]> {
  return (await owner.query<{ line: string }>(sql, values)).rows.map(({ line }) => line);
}

const OURS = `n.nspname IN ('public', 'disposal') AND c.relname <> 'migrations'`;

describe('every table', () => {
  it('has row security, for its owner too', async () => {
    const without = `SELECT c.relname AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE ${OURS} AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`;
    expect(await lines(without)).toEqual([]);
  });

  it('has a policy for each role that was granted anything on it', async () => {
    expect(
      await lines(
        `SELECT format('%s for %s', c.relname, r.rolname) AS line
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN pg_roles r
          WHERE ${OURS} AND c.relkind = 'r' AND r.rolname = ANY ($1)
            AND (has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(r.oid, c.oid, 'DELETE'))
            AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND r.oid = ANY (p.polroles))`,
        [ROLES],
      ),
    ).toEqual([]);
  });

  it('is granted to nobody but by our roles, and never as a whole to be read', async () => {
    expect(
      await lines(
        `SELECT format('%s %s %s', c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type) AS line
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
           LEFT JOIN pg_roles r ON r.oid = a.grantee
          WHERE ${OURS} AND c.relkind = 'r' AND a.grantee <> c.relowner
            AND (r.rolname IS NULL OR NOT r.rolname = ANY ($1) OR a.privilege_type NOT IN ('INSERT', 'DELETE'))`,
        [ROLES],
      ),
    ).toEqual([]);
    const { rows } = await owner.query<{ columns: string }>(
      `SELECT DISTINCT r.rolname AS columns FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE ${OURS} AND NOT coalesce(r.rolname = ANY ($1), false)`,
      [ROLES],
    );
    expect(rows).toEqual([]);
  });

  it('shows the web all its rows only where there is a reason', async () => {
    const open = await lines(
      `SELECT format('%s %s', c.relname, p.polname) AS line
         FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_roles r ON r.oid = ANY (p.polroles)
        WHERE r.rolname = 'onedoor_web' AND pg_get_expr(p.polqual, p.polrelid) = 'true' ORDER BY 1`,
    );
    expect(open).toEqual(Object.keys(OPEN_TO_ALL).sort());
  });

  it('has no policy for everybody, and one of its owner’s for migrations', async () => {
    expect(await lines(`SELECT polname AS line FROM pg_policy WHERE 0 = ANY (polroles)`)).toEqual([]);
    const unowned = `SELECT c.relname AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE ${OURS} AND c.relkind = 'r'
                        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'owner'
                                           AND p.polroles = ARRAY[c.relowner])`;
    expect(await lines(unowned)).toEqual([]);
  });
});

describe('every function of ours', () => {
  it('is for the roles that need it, and finds its tables wherever it is called from', async () => {
    const ours = `FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE n.nspname = 'public'`;
    expect(
      await lines(`SELECT f.proname AS line ${ours} AND has_function_privilege('public', f.oid, 'EXECUTE')`),
    ).toEqual([]);
    // A body that was read when it was made; one in a string is read anew by the search path of who calls.
    expect(await lines(`SELECT f.proname AS line ${ours} AND f.prosecdef AND f.prosqlbody IS NULL`)).toEqual([]);
  });
});

describe('the owner', () => {
  it('moves rows in a migration also where it is no superuser', async () => {
    const name = `mover_${database.name}`;
    await owner.query(`CREATE ROLE ${name} NOLOGIN NOSUPERUSER NOBYPASSRLS`);
    try {
      const [before] = (
        await owner.query<{ owner: string }>(
          `SELECT relowner::regrole AS owner FROM pg_class WHERE oid = 'agencies'::regclass`,
        )
      ).rows;
      await owner.query(`GRANT USAGE ON SCHEMA public TO ${name}; ALTER TABLE agencies OWNER TO ${name}`);
      await owner.query(`ALTER POLICY owner ON agencies TO ${name}`);
      await owner.query(`SET ROLE ${name}`);
      await owner.query(`INSERT INTO agencies (id) VALUES ('moved')`);
      expect((await owner.query(`UPDATE agencies SET open_for_intake = true WHERE id = 'moved'`)).rowCount).toBe(1);
      await owner.query('RESET ROLE');
      // Without its policy it would see nothing: that is what forcing is.
      await owner.query(`DROP POLICY owner ON agencies; SET ROLE ${name}`);
      expect((await owner.query('SELECT id FROM agencies')).rows).toEqual([]);
      await owner.query('RESET ROLE');
      await owner.query(`ALTER TABLE agencies OWNER TO ${before?.owner ?? ''}`);
    } finally {
      await owner.query(`RESET ROLE; DROP OWNED BY ${name}; DROP ROLE ${name}`);
    }
  });
});

import { DataSource } from 'typeorm';
import { PreparingClient } from './preparing-client.js';
import { ROLES_OF } from './database-roles.js';
import { SettingsError, type Settings } from './settings.js';

/** What may differ between the processes that open a pool. */
export interface DataSourceLimits {
  /** Most connections open at once. */
  readonly max?: number;
  /** Milliseconds after which PostgreSQL cuts a statement off; 0 lets it run. */
  readonly statementTimeout?: number;
}

/**
 * A pool on PostgreSQL that knows the given entities; the caller initialises and destroys it.
 *
 * Nothing is logged here, since a statement's parameters hold what people wrote. TypeORM's `QueryFailedError` carries
 * them too (`parameters`, and PostgreSQL's `detail` quotes the row): the error filter of `src/web` and the loggers take
 * the SQLSTATE `code` from such an error and nothing else.
 *
 * @param url `postgres://` URL of the role to log in as
 * @param entities the entity classes of this process
 * @param limits size of the pool (default 20) and statement timeout (default 15 s)
 */
export function createDataSource(
  url: string,
  entities: readonly (new () => object)[],
  { max = 20, statementTimeout = 15_000 }: DataSourceLimits = {},
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...entities],
    synchronize: false,
    migrationsRun: false,
    logging: false,
    applicationName: 'onedoor',
    connectTimeoutMS: 10_000,
    // A broken idle connection is replaced by the pool; without this the driver would print the whole error.
    poolErrorHandler: () => undefined,
    extra: {
      max,
      statement_timeout: statementTimeout,
      idle_in_transaction_session_timeout: 30_000,
      Client: PreparingClient,
    },
  });
}

interface Standing {
  readonly superuser: boolean;
  readonly owner: boolean;
  readonly may: boolean;
  readonly inherits: boolean;
}

/**
 * Refuses to serve as a role that could undo what the grants and row security promise.
 *
 * @param dataSource an initialised pool on `DATABASE_URL`
 * @param part what this process does
 * @throws {SettingsError} where the role is a superuser, passes by row security, owns (or may become the owner of)
 *   tables, may not become what it has to, or has rights also where nobody is known to act
 */
export async function refuseOwner(dataSource: DataSource, part: Settings['ROLE'] = 'all'): Promise<void> {
  const [standing] = await dataSource.query<Standing[]>(
    `SELECT rolsuper OR rolbypassrls AS superuser,
            EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
                      AND pg_has_role(current_user, c.relowner, 'MEMBER')) AS owner,
            (SELECT count(*) = cardinality($1::text[]) FROM pg_roles g
              WHERE g.rolname = ANY ($1::text[]) AND pg_has_role(current_user, g.oid, 'SET')) AS may,
            EXISTS (SELECT FROM pg_roles g WHERE g.rolname LIKE 'onedoor\\_%' AND g.rolname <> current_user
                                             AND pg_has_role(current_user, g.oid, 'USAGE')) AS inherits
     FROM pg_roles WHERE rolname = current_user`,
    [ROLES_OF[part]],
  );
  if (!standing || standing.superuser) {
    throw new SettingsError(
      'DATABASE_URL names a superuser: the server serves only as a role that row security binds.',
    );
  }
  if (standing.owner) {
    throw new SettingsError(
      'DATABASE_URL names a role that owns tables: the owner belongs in DATABASE_OWNER_URL, for `npm run migrate` alone.',
    );
  }
  if (!standing.may) {
    throw new SettingsError(
      `DATABASE_URL names a role that may not become ${ROLES_OF[part].join(', ')}: run \`npm run migrate\` with DATABASE_URL, DATABASE_OWNER_URL and ROLE set as they are here.`,
    );
  }
  if (standing.inherits) {
    throw new SettingsError(
      'DATABASE_URL names a role that inherits rights: grant it the roles WITH INHERIT FALSE, so that it has none outside of a transaction in which somebody acts.',
    );
  }
}

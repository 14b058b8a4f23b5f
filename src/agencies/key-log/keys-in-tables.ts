import type { EntityManager } from 'typeorm';
import type { KeyLogEntry, LoggedUse } from '../../vault/key-log.js';

/*
 * Every key there is or ever was, whose it is, whether it stands, and whether it is to be logged even if it stands no longer.
 * A disclosure officer's key stands for that as well, an identity custodian's also for that; a recovery key counts once it was typed back.
 */
const KEYS = `
  SELECT p.agency_id, k.purpose AS use, k.kid, p.id AS staff_id, k.retired_at IS NULL AND p.active AS stands, true AS always
    FROM staff_keys k JOIN staff p ON p.id = k.staff_id
  UNION ALL
  SELECT p.agency_id, 'disclosures', k.kid, p.id,
         k.retired_at IS NULL AND p.active AND 'disclosure_officer' = ANY (p.roles), false
    FROM staff_keys k JOIN staff p ON p.id = k.staff_id
   WHERE k.purpose = 'agreement'
  UNION ALL
  SELECT p.agency_id, 'identity', k.kid, p.id,
         k.retired_at IS NULL AND p.active AND '{disclosure_officer,identity_custodian}' <@ p.roles, false
    FROM staff_keys k JOIN staff p ON p.id = k.staff_id
   WHERE k.purpose = 'agreement'
  UNION ALL
  SELECT agency_id, purpose, kid, NULL::uuid, retired_at IS NULL, true FROM agency_keys
  UNION ALL
  SELECT agency_id, purpose || '_recovery', kid, NULL::uuid, retired_at IS NULL AND proven_on IS NOT NULL,
         proven_on IS NOT NULL
    FROM recovery_keys`;

/** A key as the tables have it. */
export interface KeyInTables {
  readonly agency: string;
  readonly use: LoggedUse;
  readonly kid: string;
  readonly staffId: string | null;
  readonly stands: boolean;
}

/** What the log does not say yet of a key. */
export type UnloggedChange = Omit<KeyInTables, 'stands'> & { readonly act: KeyLogEntry['act'] };

/*
 * Compared with the newest entry of each. That a key lies in a table is what makes it due: whoever writes it there cannot
 * forget to say so, a commit that comes late is found at the next look, and of one that came and went both are logged.
 */
const CHANGES = `
  WITH keys AS (${KEYS}),
  logged AS (
    SELECT DISTINCT ON (agency_id, use, kid) agency_id, use, kid, act
      FROM key_log_entries WHERE act <> 'lodged' ORDER BY agency_id, use, kid, position DESC
  )
  SELECT k.agency_id AS agency, k.use, k.kid, k.staff_id AS "staffId",
         CASE WHEN l.act = 'added' THEN 'retired' ELSE 'added' END AS act
    FROM keys k LEFT JOIN logged l USING (agency_id, use, kid)
   WHERE CASE l.act
           WHEN 'added' THEN NOT k.stands
           WHEN 'retired' THEN k.stands
           ELSE k.stands OR k.always
         END
   ORDER BY k.agency_id, k.use, k.kid`;

/** What is in the tables and not in the log. A key that is neither must be asked for twice: once added, it is retired. */
export function unloggedChanges(manager: EntityManager): Promise<UnloggedChange[]> {
  return manager.query<UnloggedChange[]>(CHANGES);
}

/** A closed day of the tables: the root over what was lodged on it. */
export interface DayInTables {
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly on: string;
  /** base64url. */
  readonly root: string;
}

/** The closed days that the log does not have yet, oldest first. */
export async function unloggedDays(manager: EntityManager): Promise<DayInTables[]> {
  const [newest] = await manager.query<{ on: string }[]>(
    `SELECT entry::jsonb ->> 'on' AS on FROM key_log_entries WHERE act = 'lodged' ORDER BY position DESC LIMIT 1`,
  );
  return daysInTables(manager, newest?.on);
}

/** Every closed day, or those after one. */
export async function daysInTables(manager: EntityManager, after = '0001-01-01'): Promise<DayInTables[]> {
  const rows = await manager.query<{ on: string; root: Buffer }[]>(
    `SELECT to_char(day, 'YYYY-MM-DD') AS on, root FROM lodged_days WHERE day > $1 ORDER BY day`,
    [after],
  );
  return rows.map(({ on, root }) => ({ on, root: root.toString('base64url') }));
}

/** Every key of the tables, page by page would be no help: there are a handful for each member of staff. */
export function keysInTables(manager: EntityManager): Promise<KeyInTables[]> {
  return manager.query<KeyInTables[]>(
    `SELECT agency_id AS agency, use, kid, staff_id AS "staffId", stands FROM (${KEYS}) AS keys ORDER BY 1, 2, 3`,
  );
}

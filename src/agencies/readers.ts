import type { EntityManager } from 'typeorm';
import type { PublicKey } from '../vault/keys.js';
import type { PublishedReaders } from './agency.entity.js';
import { WITNESSED_SIZE } from './key-log/witnessed-size.js';

/** A key that cases are sealed to. */
export interface Reader extends PublicKey {
  /** Whether it is a recovery key: no person has it, so it is counted as none, and nobody may leave it out. */
  readonly recovery?: true;
  /** Whether it is an identity custodian's: see `identity-readers.ts`. */
  readonly custodian?: true;
  /** What the agency says in public of who this is: a name or a position it has chosen to publish, or a role and a number. */
  readonly label: string;
}

/** To whose keys an agency's cases are sealed now. */
export interface Readers {
  readonly open: boolean;
  /** The agency's complaints key; empty before its key ceremony. */
  readonly complaints: readonly Reader[];
  /** The agreement key of each active disclosure officer and, where there is anybody, the recovery key. */
  readonly disclosures: readonly Reader[];
  /** Whether complaints can be read with a recovery key too, by way of the complaints key. */
  readonly complaintsOnPaper: boolean;
  /** What the agency says in public of who its disclosure officers are: a role, never a name. */
  readonly disclosureRole: string;
}

const COMPLAINTS_ROLE = 'Complaints officers';
const DISCLOSURE_ROLE = 'Disclosure officer';
const RECOVERY_LABEL = 'Recovery key, kept on paper';

/** What the public directory says about the readers: a role or what the agency publishes, never an account's name. */
export interface LabelledReaders {
  readonly open: boolean;
  readonly readers: Readonly<Record<'complaints' | 'disclosures', readonly Reader[]>>;
}

interface Row {
  id: string;
  open: boolean;
  publishes: PublishedReaders | null;
  complaints: PublicKey[] | null;
  disclosures: (PublicKey & { readonly publishedAs: string | null; readonly custodian: boolean })[] | null;
  onPaper: PublicKey[] | null;
  complaintsOnPaper: boolean;
}

/* A key that no witness has seen is nobody's reader yet: its newest entry under the newest witnessed head must add it. */
const isLogged = (use: string): string => `(
  SELECT e.act FROM key_log_entries e
   WHERE e.kid = k.kid AND e.use = '${use}' AND e.agency_id = a.id AND e.position < witnessed.size
   ORDER BY e.position DESC LIMIT 1) = 'added'`;

const READERS = `
  SELECT a.id, a.open_for_intake AS open, a.publishes,
         (SELECT json_agg(json_build_object('kid', k.kid, 'jwk', k.jwk) ORDER BY k.epoch DESC)
            FROM agency_keys k
           WHERE k.agency_id = a.id AND k.purpose = 'complaints' AND k.retired_at IS NULL
             AND ${isLogged('complaints')}) AS complaints,
         (SELECT json_agg(json_build_object('kid', k.kid, 'jwk', k.jwk, 'publishedAs', k.published_as,
                                            'custodian', k.custodian AND coalesce(${isLogged('identity')}, false))
                         ORDER BY k.published_as, k.kid)
            FROM disclosure_readers k
           WHERE k.agency_id = a.id AND ${isLogged('disclosures')}) AS disclosures,
         (SELECT json_agg(json_build_object('kid', k.kid, 'jwk', k.jwk))
            FROM recovery_keys k
           WHERE k.agency_id = a.id AND k.purpose = 'disclosures' AND k.proven_on IS NOT NULL AND k.retired_at IS NULL
             AND ${isLogged('disclosures_recovery')}) AS "onPaper",
         EXISTS (SELECT FROM recovery_keys r
                  WHERE r.agency_id = a.id AND r.purpose = 'complaints' AND r.proven_on IS NOT NULL
                    AND r.retired_at IS NULL) AS "complaintsOnPaper"
    FROM agencies a
    LEFT JOIN ${WITNESSED_SIZE} witnessed ON true`;

/**
 * The readers of one agency, in one statement.
 *
 * @returns null when the agency is not connected
 */
export async function currentReaders(manager: EntityManager, agencyId: string): Promise<Readers | null> {
  const [row] = await manager.query<Row[]>(`${READERS} WHERE a.id = $1`, [agencyId]);
  if (!row) return null;
  return {
    open: row.open,
    complaints: complaintsReaders(row),
    disclosures: disclosureReaders(row),
    complaintsOnPaper: row.complaintsOnPaper,
    disclosureRole: row.publishes?.disclosures ?? DISCLOSURE_ROLE,
  };
}

/** Open state and readers of one agency as the public is told; null when it is not connected. */
export async function labelledReaders(manager: EntityManager, agencyId: string): Promise<LabelledReaders | null> {
  const [row] = await manager.query<Row[]>(`${READERS} WHERE a.id = $1`, [agencyId]);
  return row ? labelled(row) : null;
}

/** Open state and readers of every connected agency, by agency id. */
export async function allReaders(manager: EntityManager): Promise<ReadonlyMap<string, LabelledReaders>> {
  const rows = await manager.query<Row[]>(READERS);
  return new Map(rows.map((row) => [row.id, labelled(row)]));
}

/* Alone the recovery key is nobody who could read what comes. */
function disclosureReaders({ disclosures, onPaper, publishes }: Row): Reader[] {
  if (!disclosures) return [];
  const role = publishes?.disclosures ?? DISCLOSURE_ROLE;
  return [
    // Numbered, so that a person who is told "the second one is named in this" can leave that one out.
    ...disclosures.map(({ kid, jwk, publishedAs, custodian }, index) => ({
      kid,
      jwk,
      ...(custodian ? { custodian: true as const } : {}),
      label: publishedAs ?? `${role} ${(index + 1).toString()}`,
    })),
    ...(onPaper ?? []).map((key) => ({ ...key, recovery: true as const, label: RECOVERY_LABEL })),
  ];
}

function complaintsReaders({ complaints, publishes }: Row): Reader[] {
  return (complaints ?? []).map((key) => ({ ...key, label: publishes?.complaints ?? COMPLAINTS_ROLE }));
}

function labelled(row: Row): LabelledReaders {
  return { open: row.open, readers: { complaints: complaintsReaders(row), disclosures: disclosureReaders(row) } };
}

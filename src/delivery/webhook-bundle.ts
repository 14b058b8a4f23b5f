import type { EntityManager } from 'typeorm';
import type { SealedCase, StoredItem } from '../cases/sealed-case.js';
import { consentsOf, epochsOf, grantsTo, signingKeysOf } from '../cases/sealed-parts.js';
import { readPublicJwk } from '../vault/keys.js';

/** Sealed items in one call, and their bytes together; what comes after is read at the desk. */
const MOST_ITEMS = 200;
export const MOST_SEALED = 2 * 1024 * 1024;

/** The keys whose items concern the agency that has the case: not the notes of the one before. */
const KEYS = ['case', 'identity'] as const;

/** A case as an agency's own system is told it. */
export interface WebhookBundle {
  readonly id: string;
  readonly reference: string;
  /** There, and true, where it is a part of another case: an officer began it, and what was passed on is in excerpts. */
  readonly isPart?: true;
  /** The agency that has it. */
  readonly receiver: string;
  readonly path: 'complaint';
  readonly facets: Readonly<Record<string, string>> | null;
  readonly sealedWhere: 'browser' | 'arrival';
  /** Days, YYYY-MM-DD in Pacific/Auckland. */
  readonly lodgedOn: string;
  readonly dueOn: string | null;
  readonly mailbox: SealedCase['mailbox'];
  readonly staffSigning: SealedCase['staffSigning'];
  readonly epochs: SealedCase['epochs'];
  /** What the person signed about the hand-overs that brought the case here. */
  readonly consents: readonly string[];
  /** To every complaints key the agency ever had. */
  readonly grants: SealedCase['grants'];
  readonly items: readonly Omit<StoredItem, 'by'>[];
  /** Whether there is more than fitted. */
  readonly more: boolean;
}

interface Row extends Pick<WebhookBundle, 'reference' | 'facets' | 'sealedWhere' | 'lodgedOn' | 'dueOn'> {
  readonly isPart: boolean;
  readonly signing: unknown;
  readonly agreement: unknown;
}

/**
 * What an agency's own system needs to open a complaint that the agency has.
 *
 * @param itemId one item of it alone, or null for the whole
 * @returns null where there is no such complaint, or another agency has it by now; and for every disclosure
 */
export async function bundleOf(
  manager: EntityManager,
  { caseId, agencyId, itemId }: { readonly caseId: string; readonly agencyId: string; readonly itemId: string | null },
): Promise<WebhookBundle | null> {
  const [found] = await manager.query<Row[]>(
    `SELECT c.reference, c.facets, c.sealed_where AS "sealedWhere", c.whole_id IS NOT NULL AS "isPart", to_char(c.lodged_on, 'YYYY-MM-DD') AS "lodgedOn",
            (SELECT to_char(min(due_on), 'YYYY-MM-DD') FROM clocks WHERE case_id = c.id AND met_on IS NULL AND stopped_on IS NULL) AS "dueOn",
            m.signing_jwk AS signing, m.agreement_jwk AS agreement
       FROM cases c JOIN mailboxes m ON m.case_id = coalesce(c.whole_id, c.id)
      WHERE c.id = $1 AND c.agency_id = $2 AND c.path = 'complaint'`,
    [caseId, agencyId],
  );
  if (!found) return null;
  const { signing, agreement, isPart, ...inClear } = found;
  const epochs = await epochsOf(manager, caseId, KEYS);
  const items = await itemsOf(manager, caseId, itemId);
  return {
    id: caseId,
    receiver: agencyId,
    path: 'complaint',
    ...inClear,
    ...(isPart && { isPart }),
    mailbox: { signing: readPublicJwk(signing), agreement: readPublicJwk(agreement) },
    staffSigning: await signingKeysOf(manager, caseId, epochs),
    epochs,
    consents: await consentsOf(manager, caseId, ['opened']),
    grants: await grantsTo(manager, caseId, await complaintsKeysOf(manager, agencyId)),
    ...items,
  };
}

async function itemsOf(
  manager: EntityManager,
  caseId: string,
  itemId: string | null,
): Promise<Pick<WebhookBundle, 'items' | 'more'>> {
  const rows = await manager.query<(Omit<StoredItem, 'by'> & { fits: boolean })[]>(
    `SELECT id, key, epoch, kind, author, "madeOn", CASE WHEN fits THEN jwe ELSE '' END AS jwe, fits FROM (
       SELECT id, key, epoch, kind, author, to_char(made_on, 'YYYY-MM-DD') AS "madeOn", jwe, position,
              sum(octet_length(jwe)) OVER (ORDER BY position) <= $4 AS fits
         FROM case_items WHERE case_id = $1 AND key = ANY ($2) AND ($3::uuid IS NULL OR id = $3)
     ) one ORDER BY position LIMIT $5`,
    [caseId, KEYS, itemId, MOST_SEALED, MOST_ITEMS + 1],
  );
  return {
    items: rows
      .slice(0, MOST_ITEMS)
      .filter(({ fits }) => fits)
      .map(({ id, key, epoch, kind, author, madeOn, jwe }) => ({ id, key, epoch, kind, author, madeOn, jwe })),
    more: rows.length > MOST_ITEMS || rows.some(({ fits }) => !fits),
  };
}

async function complaintsKeysOf(manager: EntityManager, agencyId: string): Promise<string[]> {
  const rows = await manager.query<{ kid: string }[]>(
    `SELECT kid FROM agency_keys WHERE agency_id = $1 AND purpose = 'complaints'`,
    [agencyId],
  );
  return rows.map(({ kid }) => kid);
}

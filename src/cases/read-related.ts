import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { caseFor } from './case-access.js';
import type { LinkKind } from './case-link.entity.js';
import type { AnyOutcome } from './case-outcome.js';
import { MOST_PARTS } from './case-reference.js';
import type { CaseStatus } from './case-status.js';
import { Case } from './case.entity.js';
import { mayRead } from './case.policy.js';
import { MOST_LINKS } from './link-case.js';
import { readableAmong } from './readable-cases.js';

/** A case that belongs to another. `caseId` is there for whoever may read it, and for nobody else. */
interface Other {
  readonly reference: string;
  readonly caseId: string | null;
}

/** A part, as far as those who have the whole must know of it. */
interface PartOfCase extends Other {
  readonly number: number;
  readonly agencyId: string;
  readonly status: CaseStatus;
  readonly outcome: AnyOutcome | null;
}

/** A reference that the actor's agency noted. */
interface NotedLink extends Other {
  readonly id: string;
  readonly kind: LinkKind;
  /** YYYY-MM-DD */
  readonly madeOn: string;
}

/** What belongs to a case. */
export interface Related {
  readonly outcome: AnyOutcome | null;
  readonly closedOn: string | null;
  /** Of a part. */
  readonly whole: (Other & { readonly number: number }) | null;
  readonly parts: readonly PartOfCase[];
  readonly links: readonly NotedLink[];
}

/**
 * Reads the parts of a case, or of which it is one, and what this officer's agency linked to it. A link by a colleague to a
 * case that this officer is kept out of is left out. The page it stands on is
 * audited by itself.
 *
 * @throws {NotFound} also to those who may not know of the case
 */
export async function readRelated(manager: EntityManager, actor: StaffActor, id: string): Promise<Related> {
  const found = await caseFor(manager, actor, id, mayRead);
  const whole = found.wholeId === null ? null : await manager.findOneByOrFail(Case, { id: found.wholeId });
  const parts = await manager.find(Case, {
    where: { wholeId: found.id },
    order: { partNumber: 'ASC' },
    take: MOST_PARTS,
  });
  const links = await manager.query<Omit<NotedLink, 'caseId'>[]>(
    `SELECT l.id, l.reference, l.kind, to_char(l.made_on, 'YYYY-MM-DD') AS "madeOn" FROM case_links l
      WHERE l.case_id = $1 AND l.agency_id = $2
        AND (l.made_by = $4 OR NOT is_kept_out(l.reference))
      ORDER BY l.made_on, l.reference LIMIT $3`,
    [found.id, actor.agencyId, MOST_LINKS, actor.staffId],
  );
  const references = [...(whole ? [whole] : []), ...parts, ...links].map(({ reference }) => reference);
  const readable = await readableAmong(manager, actor, references);
  const other = (reference: string): Other => ({ reference, caseId: readable.get(reference) ?? null });
  return {
    outcome: found.outcome,
    closedOn: found.closedOn,
    whole: whole && { ...other(whole.reference), number: found.partNumber ?? 0 },
    parts: parts.map(({ reference, partNumber, agencyId, status, outcome }) => ({
      ...other(reference),
      number: partNumber ?? 0,
      agencyId,
      status,
      outcome,
    })),
    links: links.map((link) => ({ ...link, ...other(link.reference) })),
  };
}

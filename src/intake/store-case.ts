import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { openCase, type NewCase } from '../cases/open-case.js';
import { keepCommitment } from '../proofs/lodged-commitments.js';
import { putOutbox } from '../queue/outbox.js';
import type { SealedSubmission } from './submission.js';

/** A case that may be stored: it was checked, and its sealed parts too. */
export interface ToStore extends Omit<NewCase, 'id' | 'epochs' | 'grants' | 'items' | 'mailbox'> {
  readonly parts: SealedSubmission;
  readonly excluded: readonly string[];
}

/**
 * Stores a case with all that belongs to it, in the caller's transaction: its items and grants, what it commits to, the
 * entries of the log and the first job.
 */
export async function storeCase(manager: EntityManager, { parts, excluded, ...made }: ToStore): Promise<void> {
  const { sealed, grants, mailbox } = parts;
  const { agencyId, lodgedOn } = made;
  await openCase(manager, {
    ...made,
    id: sealed.case,
    epochs: sealed.epochs,
    grants,
    items: sealed.items,
    excluded,
    mailbox: {
      idHash: Buffer.from(mailbox.idHash, 'base64url'),
      agreementJwk: mailbox.agreement.jwk,
      signingJwk: mailbox.signing.jwk,
      sealedPrivate: mailbox.sealedPrivate,
      notifySealed: mailbox.notify ?? null,
    },
  });
  await keepCommitment(manager, sealed.commitment, lodgedOn);
  const lodged = { actor: { kind: 'public' }, caseId: sealed.case, agencyId } as const;
  await append(manager, { ...lodged, action: 'case.lodged' });
  for (const kid of excluded) await append(manager, { ...lodged, action: 'case.reader_excluded', subject: kid });
  await putOutbox(manager, { queue: 'routing', name: 'place_case', caseId: sealed.case });
}

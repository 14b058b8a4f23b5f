import type { CaseStatus } from '../cases/case-status.js';
import type { CaseKeyName, ItemKind } from '../vault/suite.js';

// What is not said here may not be done. A refusal looks like a case that does not exist.

/** Whoever holds the receipt of a case. They act on that case, and there is no other that they could name. */
export interface MailboxActor {
  readonly kind: 'mailbox';
  readonly caseId: string;
}

/** The mailbox of a case reads that case, and no other. */
export function mayRead(actor: MailboxActor, found: { readonly id: string }): boolean {
  return actor.caseId === found.id;
}

/** Of its case it reads what was granted to it: the words of both sides, and who the person is. The desk key never is. */
export const READABLE_KEYS = ['case', 'identity'] as const satisfies readonly CaseKeyName[];

/** It reads what the person said and what the agency answered. A note is neither. */
export const READABLE_KINDS = ['statement', 'identity', 'message', 'reply'] as const satisfies readonly ItemKind[];

/** It may add to its case until that is closed: afterwards nobody there would read it. */
export function mayWrite(actor: MailboxActor, found: { readonly id: string; readonly status: CaseStatus }): boolean {
  return mayRead(actor, found) && found.status !== 'closed';
}

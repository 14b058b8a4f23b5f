import type { INestApplicationContext } from '@nestjs/common';
import { ReferralAnswers } from '../mailbox/referral-answers.service.js';
import type { EnrolledStaffMember } from '../staff/enrol-staff-member.js';
import { encode } from '../vault/bytes.js';
import type { Share } from '../vault/consent.js';
import { openReceipt } from '../vault/receipt.js';
import { OfficerAtWork } from './officer-at-work.js';
import type { Step } from './referral-stories.js';

/** A case that was lodged. */
export interface LodgedStory {
  readonly reference: string;
  readonly receipt: string;
}

/**
 * Passes a case on step by step, as its officers and its person would: each says, seals and signs their own part.
 *
 * @param officers the first of them at each agency, by its id
 */
export async function passOn(
  app: INestApplicationContext,
  officers: ReadonlyMap<string, EnrolledStaffMember>,
  { reference, receipt }: LodgedStory,
  steps: readonly Step[],
): Promise<void> {
  const at = (agency: string): Promise<OfficerAtWork> => {
    const officer = officers.get(agency);
    if (!officer) throw new TypeError(`The demonstration has nobody at ${agency}.`);
    return OfficerAtWork.unlocked(app, officer);
  };
  let caseId: string | undefined;
  for (const { from, then, ...asked } of steps) {
    const sender = await at(from);
    caseId ??= await sender.complaint(reference);
    const referral = await sender.propose(caseId, asked);
    if (then === 'asked' || then === 'held') return;
    await agree(app, { caseId, receipt }, referral, asked.shareIdentity ? ['case', 'identity'] : ['case']);
    if (then === 'agreed') return;
    const receiver = await at(asked.to);
    if (then !== 'taken_over') return receiver.decline(referral, then.declined, then.words);
    await receiver.takeOver(referral);
  }
}

/** The person comes back with their eight words and agrees, as on the page that needs no script. */
async function agree(
  app: INestApplicationContext,
  { caseId, receipt }: { readonly caseId: string; readonly receipt: string },
  referral: string,
  share: Share,
): Promise<void> {
  const mailboxKey = encode((await openReceipt(receipt)).mailboxKey);
  const session = { actor: { kind: 'mailbox', caseId }, mailboxKey } as const;
  await app.get(ReferralAnswers).agreeInClear(session, referral, share);
}

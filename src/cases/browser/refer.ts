import { requireLoggedAt } from '../../agencies/browser/require-logged-at.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say } from '../../web/browser/page.js';
import { LONGEST_NOTE } from '../referrals/seal-note.js';
import { sealReferral } from '../referrals/seal-referral.js';
import type { NewReferral, ReferralReceiver } from '../referrals/sealed-referral.js';
import { fetchCase } from './fetch-case.js';
import { complain, Locked, progressIn, sayWhy } from './say-why.js';

/*
 * Proposes to hand a case on. The note is sealed here, and so are the keys of the case for the agency that is asked; the
 * server keeps those back until the person and that agency have agreed.
 */

const form = elementOf(HTMLFormElement, '#refer');
const sending = element('#sending');
const caseId = form.dataset.case ?? '';

/** Keys have moved on between looking and sending: to be sealed again under the new ones. */
const SEAL_AGAIN = new Set(['epoch_closed', 'readers_changed']);
const TRIES = 4;

/** What was filled in, and what was sealed of it: the same is sent again as the same proposal. */
let sealed: { readonly filledIn: string; readonly body: NewReferral } | null = null;

/** What the form asks for beside the note. */
interface Wanted {
  readonly to: string;
  readonly reason: NewReferral['reason'];
  readonly shareIdentity: boolean;
  readonly rulesWrong?: true;
  readonly recipientConsultedOn?: string;
  readonly text: string;
}

onSubmit('#refer', async () => {
  const wanted = filledIn();
  const missing = whatIsMissing(wanted);
  if (missing) {
    complain(say(missing));
    return;
  }
  try {
    const { id } = await send(wanted);
    form.reset();
    location.assign(`/staff/referrals/${id}`);
  } catch (error) {
    complain(sayWhy(error));
  } finally {
    sending.textContent = '';
  }
});

function filledIn(): Wanted {
  const checked = (selector: string): boolean => form.querySelector<HTMLInputElement>(selector)?.checked === true;
  const day = form.querySelector<HTMLInputElement>('#consulted-on')?.value ?? '';
  return {
    to: elementOf(HTMLSelectElement, '#to').value,
    reason: (form.querySelector<HTMLInputElement>('[data-reason]:checked')?.value ?? '') as Wanted['reason'],
    shareIdentity: checked('#share-identity'),
    ...(checked('#rules-wrong') && { rulesWrong: true }),
    ...(day !== '' && { recipientConsultedOn: day }),
    text: elementOf(HTMLTextAreaElement, '#text').value,
  };
}

/** The name of what the page says is missing; null where nothing is. */
function whatIsMissing(wanted: Wanted): string | null {
  if (wanted.to === '') return 'noReceiver';
  if ((wanted.reason as string) === '') return 'noReason';
  if (form.querySelector('#consulted-on') && wanted.recipientConsultedOn === undefined) return 'noConsultedOn';
  if (wanted.text.trim() === '') return 'empty';
  return wanted.text.length > LONGEST_NOTE ? 'noteTooLong' : null;
}

async function send(wanted: Wanted): Promise<NewReferral> {
  const key = JSON.stringify(wanted);
  for (let left = TRIES; ; left--) {
    try {
      if (sealed?.filledIn !== key) sealed = { filledIn: key, body: await seal(wanted) };
      await askStaff(`/staff/api/cases/${caseId}/referrals`, sealed.body);
      return sealed.body;
    } catch (error) {
      if (!(error instanceof ApiProblem && SEAL_AGAIN.has(error.code)) || left === 1) throw error;
      sealed = null;
    }
  }
}

async function seal({ text, ...wanted }: Wanted): Promise<NewReferral> {
  sending.textContent = say('sealing');
  const atHand = await fetchCase(caseId);
  if (!atHand) throw new Locked();
  const receiver = await askStaff<ReferralReceiver>(`/staff/api/cases/${caseId}/receivers/${wanted.to}`);
  await requireLoggedAt(wanted.to, receiver.readers);
  const { opened, own } = atHand;
  const shareIdentity = wanted.shareIdentity && opened.chains.has('identity');
  const onProgress = progressIn(sending, 'granting');
  const proposal = await sealReferral({
    sealed: atHand.sealed,
    opened,
    signer: own.signing,
    receiver,
    text,
    shareIdentity,
    onProgress,
  });
  return { id: crypto.randomUUID(), ...wanted, shareIdentity, ...proposal };
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;

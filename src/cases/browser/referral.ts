import { requireLoggedAt } from '../../agencies/browser/require-logged-at.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { element, elementOf, onSubmit, say } from '../../web/browser/page.js';
import { readItem } from '../open-words.js';
import { LONGEST_NOTE, sealDecline } from '../referrals/seal-note.js';
import { ItemsUnreadable, regrant, sealAcceptance } from '../referrals/seal-referral.js';
import { fetchCase, fetchReferral, fetchReferredCase } from './fetch-case.js';
import { complain, Locked, progressIn, sayWhy } from './say-why.js';
import { showItem } from './show-words.js';

/*
 * A referral: opens its note, and does what takes keys. Accepting is a form of its own; opening every item, granting again
 * and declining with words happen here.
 */

const words = element('#words');
const progress = element('#progress');
const sending = element('#sending');
const id = words.dataset.referral ?? '';
const caseId = words.dataset.case ?? '';

async function show(): Promise<void> {
  progress.textContent = say('opening');
  const atHand = await fetchReferral(id);
  progress.textContent = '';
  if (!atHand) {
    element('#locked').hidden = false;
    return;
  }
  const { referral, note } = atHand;
  let unreadable = 0;
  for (const item of referral.items) {
    const read = await readItem(referral.caseId, item, note);
    if (read.content === null) unreadable++;
    element('#said').append(showItem(read));
  }
  progress.textContent = unreadable === 0 ? say('opened') : say('someUnreadable');
  words.dataset.state = 'opened';
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-needs-keys]')) button.disabled = false;
}

/** Runs what a button does, and says on the page how far it has come and why it was not done. */
function onAct(form: string, act: () => Promise<string | null>): void {
  if (!document.querySelector(form)) return;
  onSubmit(form, async () => {
    try {
      const next = await act();
      if (next !== null) location.assign(next);
    } catch (error) {
      complain(error instanceof ItemsUnreadable ? cannotOpen(error) : sayWhy(error));
    } finally {
      sending.textContent = '';
    }
  });
}

onAct('#accept', async () => {
  await askStaff(`/staff/api/referrals/${id}/acceptance`, {});
  return `/staff/referrals/${id}`;
});

onAct('#open', async () => {
  sending.textContent = say('opening');
  const taken = await fetchReferral(id);
  const atHand = await fetchReferredCase(id);
  if (!taken || !atHand) throw new Locked();
  const { sealed, items, opened, own } = atHand;
  const { readers } = taken.referral;
  await requireLoggedAt(words.dataset.to ?? '', readers);
  const onProgress = progressIn(sending, 'openingItem');
  const epoch = await sealAcceptance({ sealed, items, opened, readers, signer: own.signing, onProgress });
  await askStaff(`/staff/api/referrals/${id}/opening`, { epoch });
  return `/staff/cases/${caseId}`;
});

onAct('#grant-again', async () => {
  sending.textContent = say('sealing');
  const proposed = await fetchReferral(id);
  const atHand = await fetchCase(caseId);
  if (!proposed || !atHand) throw new Locked();
  const { sealed, opened, own } = atHand;
  const { referral, note } = proposed;
  await requireLoggedAt(words.dataset.to ?? '', referral.readers);
  const onProgress = progressIn(sending, 'granting');
  const again = await regrant({ sealed, opened, signer: own.signing, referral, note, onProgress });
  await askStaff(`/staff/api/referrals/${id}/grants`, again);
  return `/staff/referrals/${id}`;
});

onAct('#decline', async () => {
  const reason = document.querySelector<HTMLInputElement>('#decline [data-reason]:checked')?.value;
  if (reason === undefined) return stay('noReason');
  const text = elementOf(HTMLTextAreaElement, '#decline-text').value;
  if (text.length > LONGEST_NOTE) return stay('noteTooLong');
  sending.textContent = say('sealing');
  await askStaff(`/staff/api/referrals/${id}/decline`, { reason, ...(await sealedWords(text)) });
  return '/staff/referrals';
});

/** The words were sealed once: sent again, they are the same item. */
let declined: { readonly text: string; readonly body: object } | null = null;

async function sealedWords(text: string): Promise<object> {
  if (text.trim() === '') return {};
  if (declined?.text === text) return declined.body;
  const atHand = await fetchReferral(id);
  if (!atHand) throw new Locked();
  const item = await sealDecline(atHand.referral, atHand.note, atHand.own.signing, text);
  declined = { text, body: { item } };
  return declined.body;
}

/** Asks for what is missing. Nothing was sent. */
function stay(message: string): null {
  complain(say(message));
  return null;
}

function cannotOpen({ items }: ItemsUnreadable): string {
  return say('itemsUnreadable').replace('{count}', items.length.toString());
}

show().catch(() => {
  progress.textContent = '';
  words.dataset.state = 'failed';
  element('#failed').hidden = false;
});

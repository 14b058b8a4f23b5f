import { loggedCustodians, requireLogged } from '../../../agencies/browser/proved-readers.js';
import { fetchCase, type CaseAtHand } from '../../../cases/browser/fetch-case.js';
import { complain, Locked, sayWhy } from '../../../cases/browser/say-why.js';
import { readItem } from '../../../cases/open-words.js';
import { LONGEST_TEXT, sealReply } from '../../../cases/seal-words.js';
import { facetsCarried, wordsToCarry, type WordsToCarry } from '../../../cases/words-to-carry.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { sealLodging } from '../../../vault/lodging.js';
import { READS } from '../../../vault/key-log.js';
import { ApiProblem } from '../../../web/browser/ask.js';
import { element, elementOf, given, onSubmit, say } from '../../../web/browser/page.js';
import type { ToPassOn } from '../pass-on.js';

/*
 * Passes on a complaint that turns out to be a disclosure. The person's words are sealed anew in this browser, for the
 * disclosure officers and for a mailbox made for the person. Then the complaint is closed as any other is, with a final
 * answer in which the words of that mailbox are enclosed for the person alone.
 */

const form = elementOf(HTMLFormElement, '#pass-on');
const text = elementOf(HTMLTextAreaElement, '#text');
const sending = element('#sending');
const to = given('#to') as ToPassOn;
const caseId = form.dataset.case ?? '';

/** The keys of the complaint have moved on between looking and sending: the answer is sealed again under the new ones. */
const TRIES = 4;

/** What was passed on: once it was, the complaint is closed under it however often that takes. */
let passedOn: { readonly receipt: string; readonly body: object; readonly key: string } | null = null;
let isThere = false;

onSubmit('#pass-on', async () => {
  const outcome = form.querySelector<HTMLInputElement>('[data-outcome]:checked')?.value;
  if (outcome === undefined) {
    complain(say('noOutcome'));
    return;
  }
  if (text.value.trim() === '' || text.value.length > LONGEST_TEXT) {
    complain(say(text.value.trim() === '' ? 'finalMissing' : 'tooLong'));
    return;
  }
  sending.textContent = say('sealing');
  try {
    await passOnAndClose(outcome, text.value);
    form.reset();
    location.assign(`/staff/cases/${caseId}`);
  } catch (error) {
    complain(isThere ? (form.dataset.half ?? '') : sayWhy(error));
  } finally {
    sending.textContent = '';
  }
});

async function passOnAndClose(outcome: string, answer: string): Promise<void> {
  const found = await fetchCase(caseId);
  if (!found) throw new Locked();
  passedOn ??= await sealAnew(found);
  if (!isThere) {
    await askStaff('/staff/api/passing-on', passedOn.body, { 'idempotency-key': passedOn.key }).catch(
      (error: unknown) => {
        // Readers have changed, or somebody else was left out: it is sealed again when it is sent again.
        if (error instanceof ApiProblem && error.status === 422) passedOn = null;
        throw error;
      },
    );
    isThere = true;
  }
  await close(outcome, answer, passedOn.receipt, found);
}

async function close(outcome: string, answer: string, receipt: string, first: CaseAtHand): Promise<void> {
  let atHand: CaseAtHand | null = first;
  for (let left = TRIES; ; left--) {
    if (!atHand) throw new Locked();
    const { opened, own, items } = atHand;
    const item = await sealReply({ ...atHand.sealed, items }, opened, own.signing, answer, receipt);
    try {
      await askStaff(`/staff/api/cases/${caseId}/closing`, { outcome, item });
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'epoch_closed') || left === 1) throw error;
      atHand = await fetchCase(caseId);
    }
  }
}

async function sealAnew({ items, opened }: CaseAtHand): Promise<NonNullable<typeof passedOn>> {
  const excluded = [...form.querySelectorAll<HTMLInputElement>('[name=excluded]:checked')].map(({ value }) => value);
  const readers = to.readers.filter(({ kid }) => !excluded.includes(kid)).map(({ kid, jwk }) => ({ kid, jwk }));
  const { proof, agency, day } = to;
  await requireLogged({ proof, agency: agency.id, uses: READS.disclosure, readers });
  const read = await Promise.all(items.map((item) => readItem(caseId, item, opened)));
  const { identity, ...words }: WordsToCarry = wordsToCarry(form.dataset.from ?? '', read, 'en');
  const custodians = await loggedCustodians({ proof, agency: agency.id, readers });
  const { receipt, submission } = await sealLodging({
    statement: { ...words, facets: { ...facetsCarried(read) } },
    ...(identity === undefined ? {} : { identity: { identity } }),
    readers,
    identityReaders: custodians.length > 0 ? custodians : readers,
    receiver: agency.id,
    day,
  });
  const body = { ...submission, ...(excluded.length > 0 && { excluded }) };
  return { receipt, body, key: crypto.randomUUID() + crypto.randomUUID() };
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;

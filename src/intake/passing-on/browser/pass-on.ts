import { readersOfName, requireLogged } from '../../../agencies/browser/proved-readers.js';
import { fetchCase, type CaseAtHand } from '../../../cases/browser/fetch-case.js';
import { complain, Locked, sayWhy } from '../../../cases/browser/say-why.js';
import { readItem } from '../../../cases/open-words.js';
import type { NewItem } from '../../../cases/sealed-case.js';
import { LONGEST_TEXT, sealReply } from '../../../cases/seal-words.js';
import { facetsCarried, wordsToCarry, type WordsToCarry } from '../../../cases/words-to-carry.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { holdPage } from '../../../staff/browser/session-keys.js';
import { sealLodging } from '../../../vault/lodging.js';
import { READS } from '../../../vault/key-log.js';
import { ContentTooLong, VaultError } from '../../../vault/suite.js';
import { ApiProblem } from '../../../web/browser/ask.js';
import { element, elementOf, given, onSubmit, say } from '../../../web/browser/page.js';
import { randomKey } from '../../browser/seal-submission.js';
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

/** What the person told is longer than can be sealed as one. */
class TooMuch extends Error {}

/** What was sealed anew. It is sent as it is until the server has said no or yes. */
let passedOn: { readonly receipt: string; readonly body: object; readonly key: string } | null = null;
/** Whether it is there. Once it was sent and no answer came, nobody can tell. */
let there: 'no' | 'unknown' | 'yes' = 'no';
/** The final answer as it was sealed last: the same words are sent as the same item, so that a lost answer closes it once. */
let final: { readonly text: string; readonly item: NewItem } | null = null;

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
  // From here on it is these who read it, until it is known that nothing is there.
  mayTick(false);
  try {
    await passOnAndClose(outcome, text.value);
    mayLeave(true);
    form.reset();
    location.assign(`/staff/cases/${caseId}`);
  } catch (error) {
    if (there === 'no') beginAnew();
    complain(whyNot(error));
  } finally {
    sending.textContent = '';
  }
});

function whyNot(error: unknown): string {
  if (there !== 'no') {
    const half = (there === 'yes' ? form.dataset.half : form.dataset.unknown) ?? '';
    return error instanceof ApiProblem && !isAnswered(error) ? half : `${half} ${sayWhy(error)}`;
  }
  if (error instanceof TooMuch) return form.dataset.tooMuch ?? '';
  // Who reads disclosures there is not as the page says.
  if (error instanceof ApiProblem && error.status === 422) return form.dataset.changed ?? '';
  return sayWhy(error);
}

/** Whether the server said no; else nobody can tell what was done. */
function isAnswered(error: unknown): boolean {
  return error instanceof ApiProblem && error.status >= 400 && error.status < 500;
}

async function passOnAndClose(outcome: string, answer: string): Promise<void> {
  // What is sealed already is sent again without the keys, which may be locked by now.
  if (!passedOn || final?.text !== answer) {
    const found = await fetchCase(caseId);
    if (!found) throw new Locked();
    passedOn ??= await sealAnew(found);
    // Sealed before anything is sent: an answer that cannot be sealed would leave nobody who knows how to open the mailbox.
    await sealAnswer(found, answer, passedOn.receipt);
  }
  if (there !== 'yes') await passOn(passedOn);
  await close(outcome, answer, passedOn.receipt);
}

async function passOn({ body, key }: NonNullable<typeof passedOn>): Promise<void> {
  const isFirst = there === 'no';
  there = 'unknown';
  mayLeave(false);
  try {
    await askStaff('/staff/api/passing-on', body, { 'idempotency-key': key });
  } catch (error) {
    // The first answer was lost, longer ago than answers are kept.
    if (!(error instanceof ApiProblem && error.code === 'already_lodged')) {
      if (isFirst ? isAnswered(error) : isRefused(error)) {
        there = 'no';
        mayLeave(true);
      }
      throw error;
    }
  }
  there = 'yes';
}

/** Whether the server has looked, found nothing of it there and took nothing, so that an earlier try left nothing either. */
function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 422 || error.code === 'not_open');
}

function beginAnew(): void {
  passedOn = null;
  final = null;
  mayTick(true);
}

async function close(outcome: string, answer: string, receipt: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      await askStaff(`/staff/api/cases/${caseId}/closing`, { outcome, item: final?.item });
      return;
    } catch (error) {
      const code = error instanceof ApiProblem ? error.code : '';
      // Closed with this item, and taken up again since: the next press closes it again, with an item of its own.
      if (code === 'epoch_closed' || code === 'item_exists') final = null;
      if (code !== 'epoch_closed' || left === 1) throw error;
      const atHand = await fetchCase(caseId);
      if (!atHand) throw new Locked();
      await sealAnswer(atHand, answer, receipt);
    }
  }
}

async function sealAnswer({ sealed, opened, own, items }: CaseAtHand, text: string, receipt: string): Promise<void> {
  if (final?.text === text) return;
  final = { text, item: await sealReply({ ...sealed, items }, opened, own.signing, text, receipt) };
}

async function sealAnew({ items, opened }: CaseAtHand): Promise<NonNullable<typeof passedOn>> {
  const excluded = boxes().flatMap(({ checked, value }) => (checked ? [value] : []));
  const readers = to.readers.filter(({ kid }) => !excluded.includes(kid)).map(({ kid, jwk }) => ({ kid, jwk }));
  const { proof, agency, day, namesApart } = to;
  await requireLogged({ proof, agency: agency.id, uses: READS.disclosure, readers });
  const read = await Promise.all(items.map((item) => readItem(caseId, item, opened)));
  // Without some of their words it would be another story.
  if (read.some(({ author, content }) => author === 'person' && content === null)) throw new VaultError();
  const { identity, ...words }: WordsToCarry = wordsToCarry(form.dataset.from ?? '', read, 'en');
  const { receipt, submission } = await sealLodging({
    statement: { ...words, facets: facetsCarried(read) },
    ...(identity === undefined ? {} : { identity: { identity } }),
    readers,
    identityReaders: await readersOfName({ proof, receiver: agency.id, namesApart }, readers),
    receiver: agency.id,
    day,
  }).catch((error: unknown) => {
    throw error instanceof ContentTooLong ? new TooMuch() : error;
  });
  return { receipt, body: { ...submission, ...(excluded.length > 0 && { excluded }) }, key: randomKey() };
}

function boxes(): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>('[name=excluded]')];
}

function mayTick(may: boolean): void {
  for (const box of boxes()) box.disabled = !may;
}

/** The words of the new mailbox are in this page alone until the complaint is closed. */
function mayLeave(may: boolean): void {
  if (may) removeEventListener('beforeunload', askToStay);
  else addEventListener('beforeunload', askToStay);
  holdPage(may ? null : () => document.querySelector('#words')?.remove());
}

function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

// Last, so that what is typed is never sent by the form itself.
elementOf(HTMLButtonElement, '#send').disabled = false;

import { doubtIn } from '../../agencies/browser/proved-readers.js';
import { KeyDoubted, type ReadersProof } from '../../vault/key-heads.js';
import type { LodgingOpening } from '../../vault/commitment.js';
import type { PublicKey } from '../../vault/keys.js';
import { OPENING, type OpeningFile, type SignedPromise } from '../../vault/proof-file.js';
import { ContentTooLong } from '../../vault/suite.js';
import { dayInAuckland, dayInWords } from '../../web/day.js';
import { ApiProblem, ask } from '../../web/browser/ask.js';
import { element, elementOf, given } from '../../web/browser/page.js';
import { enlivenReceipt } from './receipt-panel.js';
import { LODGED } from './put-aside-draft.js';
import { sealSubmission, type SealedBody, type Sealing, type Words } from './seal-submission.js';
import { takeSteps } from './steps.js';
import { typedIn } from './typed-words.js';

/** What is answered where those who would read it are others by now. */
const OTHER_READERS = new Set(['not_current_reader', 'not_a_custodian', 'recovery_missing', 'too_few_left']);

/** What the API answers. */
interface Lodged {
  readonly reference: string;
  readonly destination: { readonly name: string };
  readonly dueOn: string;
  readonly proof: SignedPromise;
}

let sealing = given('#sealing') as Sealing;
const clockAgrees = dayInAuckland(new Date()) === sealing.day;
const said = given('#said') as Record<string, string>;
const form = elementOf(HTMLFormElement, '#words');
const progress = element('[data-progress]');
const send = elementOf(HTMLButtonElement, '[data-send]');

/* From here on nothing typed leaves this page but sealed: the form itself is never sent. */
for (const tier of document.querySelectorAll<HTMLElement>('[data-tier]')) {
  tier.hidden = tier.dataset.tier !== 'browser';
}
takeSteps(form, said, sealing.notAt, fail);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void lodge();
});

let sealed: (SealedBody & { readonly words: string }) | null = null;

async function lodge(): Promise<void> {
  const words = typedIn(form);
  if (words.whatHappened === undefined) {
    fail(said.required, 'whatHappened');
    return;
  }
  send.disabled = true;
  element('#failure').hidden = true;
  try {
    await sealAndSend(words, true);
  } catch {
    // Whatever it was: what was typed stands in the form as before, and can be sent again.
    fail();
  } finally {
    send.disabled = false;
    progress.textContent = '';
  }
}

async function sealAndSend(words: Words, mayRenewKeys: boolean): Promise<void> {
  const now = JSON.stringify(words);
  try {
    progress.textContent = said.sealingNow ?? '';
    // The same words are sent as they were sealed before, so that a repeat after a lost answer lodges once.
    if (sealed?.words !== now) sealed = { ...(await sealSubmission({ ...sealing, day: today() }, words)), words: now };
  } catch (error) {
    // A key may have been changed, or a head signed, since the page was made.
    if (error instanceof KeyDoubted && mayRenewKeys && (await renewReaders())) {
      await sealAndSend(words, false);
      return;
    }
    fail(error instanceof ContentTooLong ? said.tooLong : (doubtIn(error, said) ?? said.notSealed), 'whatHappened');
    return;
  }
  progress.textContent = said.sending ?? '';
  try {
    showReceipt(await sendOff(sealed), sealed);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const others = error.fields.some(({ code }) => OTHER_READERS.has(code));
    if (others && mayRenewKeys && (await renewReaders())) {
      sealed = null;
      await sealAndSend(words, false);
      return;
    }
    if (others) {
      // Not other keys but another receiver: the page would have to be looked at again, so nothing is sent from this one.
      fail(said.wayChanged, 'words');
      return;
    }
    fail(error.status === 0 ? said.offline : (error.fields[0]?.message ?? (error.message || said.failed)));
  }
}

function sendOff({ body, idempotencyKey }: SealedBody): Promise<Lodged> {
  return ask<Lodged>('/api/v1/submissions', {
    method: 'POST',
    body,
    headers: { 'idempotency-key': idempotencyKey },
  });
}

/** The page may have stood open for days; the clock of this device is believed where it agreed when the page was made. */
function today(): string {
  return clockAgrees ? dayInAuckland(new Date()) : sealing.day;
}

interface ProvedReaders {
  readonly readers: Readonly<Record<'complaints' | 'disclosures', readonly PublicKey[]>>;
  readonly proof: ReadersProof | null;
}

/** The agency may have changed its keys while the person wrote. */
async function renewReaders(): Promise<boolean> {
  const published = await ask<ProvedReaders>(`/api/v1/agencies/${sealing.receiver}/readers`).catch(() => null);
  const readers = published?.readers[sealing.path === 'complaint' ? 'complaints' : 'disclosures'] ?? [];
  const proof = published?.proof ?? null;
  // Whoever was left out may have another key by now: then the person has to look again, and nothing is sealed meanwhile.
  if (!sealing.excluded.every((out) => readers.some(({ kid }) => kid === out))) return false;
  sealing = { ...sealing, proof, readers: readers.map(({ kid, jwk }) => ({ kid, jwk })) };
  return readers.length > 0;
}

function fail(message = said.failed ?? '', field?: string): void {
  const failure = element('#failure');
  const line = document.createElement('li');
  const link = document.createElement('a');
  link.textContent = message;
  link.href = `#${field ?? 'words'}`;
  line.append(link);
  element('[data-failures]').replaceChildren(line);
  failure.hidden = false;
  failure.focus();
}

function showReceipt(lodged: Lodged, { receipt, opening }: { receipt: string; opening: LodgingOpening }): void {
  const panel = elementOf(HTMLTemplateElement, '#receipt-panel').content.cloneNode(true) as DocumentFragment;
  const dueOn = dayInWords(lodged.dueOn, document.documentElement.lang);
  const slots = { reference: lodged.reference, receipt, destination: lodged.destination.name, dueOn };
  for (const [slot, text] of Object.entries(slots)) element(`[data-slot=${slot}]`, panel).textContent = text;
  const main = element('#main-content');
  main.replaceChildren(panel);
  const evidence: OpeningFile = { format: OPENING, promise: lodged.proof, opening };
  enlivenReceipt(main, said.copied ?? '', evidence);
  document.dispatchEvent(new Event(LODGED));
  document.querySelector('.govuk-back-link')?.remove();
  element('[data-focus]', main).focus();
  window.scrollTo(0, 0);
}

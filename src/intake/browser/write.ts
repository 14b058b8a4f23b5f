import type { PublicKey } from '../../vault/keys.js';
import { ContentTooLong } from '../../vault/suite.js';
import { dayInWords } from '../../web/day.js';
import { element, elementOf, given } from './page.js';
import { enlivenReceipt } from './receipt-panel.js';
import { sealSubmission, type SealedBody, type Sealing, type Words } from './seal-submission.js';
import { takeSteps } from './steps.js';

/** What the API answers. */
interface Lodged {
  readonly reference: string;
  readonly destination: { readonly name: string };
  readonly dueOn: string;
}

interface Problem {
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly detail?: string;
}

let sealing = given('#sealing') as Sealing;
const said = given('#said') as Record<string, string>;
const form = elementOf(HTMLFormElement, '#words');
const progress = element('[data-progress]');
const send = elementOf(HTMLButtonElement, '[data-send]');

/* From here on nothing typed leaves this page but sealed: the form itself is never sent. */
for (const tier of document.querySelectorAll<HTMLElement>('[data-tier]')) {
  tier.hidden = tier.dataset.tier !== 'browser';
}
takeSteps(form, said, fail);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void lodge();
});

let sealed: (SealedBody & { readonly words: string }) | null = null;

async function lodge(): Promise<void> {
  const words = typed();
  if (words.whatHappened === undefined) {
    fail(said.required, 'whatHappened');
    return;
  }
  send.disabled = true;
  element('#failure').hidden = true;
  try {
    await sealAndSend(words, true);
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
    if (sealed?.words !== now) sealed = { ...(await sealSubmission(sealing, words)), words: now };
  } catch (error) {
    fail(error instanceof ContentTooLong ? said.tooLong : said.notSealed, 'whatHappened');
    return;
  }
  progress.textContent = said.sending ?? '';
  let response: Response;
  try {
    response = await fetch('/api/v1/submissions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': sealed.idempotencyKey },
      body: sealed.body,
      credentials: 'omit',
    });
  } catch {
    fail(said.offline);
    return;
  }
  if (response.ok) {
    showReceipt((await response.json()) as Lodged, sealed.receipt);
    return;
  }
  const problem = (await response.json().catch(() => ({}))) as Problem;
  if (mayRenewKeys && problem.errors?.some(({ code }) => code === 'not_current_reader') && (await renewReaders())) {
    sealed = null;
    await sealAndSend(words, false);
    return;
  }
  fail(problem.errors?.[0]?.message ?? problem.detail ?? said.failed);
}

interface PublicAgencies {
  readonly agencies: readonly {
    readonly id: string;
    readonly readers: Readonly<Record<'complaints' | 'disclosures', readonly PublicKey[]>>;
  }[];
}

/** The agency may have changed its keys while the person wrote. */
async function renewReaders(): Promise<boolean> {
  const response = await fetch('/api/v1/agencies', { credentials: 'omit' }).catch(() => null);
  if (!response?.ok) return false;
  const { agencies } = (await response.json()) as PublicAgencies;
  const receiver = agencies.find(({ id }) => id === sealing.receiver);
  const readers = receiver?.readers[sealing.path === 'complaint' ? 'complaints' : 'disclosures'] ?? [];
  sealing = { ...sealing, readers: readers.map(({ kid, jwk }) => ({ kid, jwk })) };
  return readers.length > 0;
}

function typed(): Words {
  const fields = [...form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, input[type=email]')];
  return Object.fromEntries(fields.flatMap(({ name, value }) => (value.trim() === '' ? [] : [[name, value]])));
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

function showReceipt(lodged: Lodged, receipt: string): void {
  const panel = elementOf(HTMLTemplateElement, '#receipt-panel').content.cloneNode(true) as DocumentFragment;
  const dueOn = dayInWords(lodged.dueOn, document.documentElement.lang);
  const slots = { reference: lodged.reference, receipt, destination: lodged.destination.name, dueOn };
  for (const [slot, text] of Object.entries(slots)) element(`[data-slot=${slot}]`, panel).textContent = text;
  const main = element('#main-content');
  main.replaceChildren(panel);
  enlivenReceipt(main, said.copied ?? '');
  document.querySelector('.govuk-back-link')?.remove();
  element('[data-focus]', main).focus();
  window.scrollTo(0, 0);
}

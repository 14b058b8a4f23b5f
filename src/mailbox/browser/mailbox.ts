import { ReadersUnknown } from '../../cases/open-words.js';
import { LONGEST_TEXT } from '../../cases/seal-words.js';
import type { NewItem } from '../../cases/sealed-case.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell } from '../../web/browser/page.js';
import { openReceipt } from '../../vault/receipt.js';
import { ContentTooLong, VaultError, type Bytes } from '../../vault/suite.js';
import { openSide } from '../open-side.js';
import { sealMessage } from '../seal-message.js';
import { enlivenAnswers, type AtHand } from './answer-referral.js';
import { whenDone, whileTyping } from './check-typed.js';
import { MailboxLine } from './mailbox-line.js';
import { showSide } from './show-side.js';

/*
 * The whole way of somebody who comes back, on one page. The words never leave it: id and key are derived here, and they
 * and all that is opened live in this page's memory and are gone with it.
 */

interface Open extends AtHand {
  readonly mailboxKey: Bytes;
}

const TRIES = 4;
const receipt = elementOf(HTMLTextAreaElement, '#receipt');
const form = elementOf(HTMLFormElement, '#open');
let open: Open | null = null;
/** What was sealed last. The same text is sent as the same item, so that a lost answer does not send it twice. */
let sealed: { readonly text: string; readonly item: NewItem } | null = null;

form.addEventListener('submit', (event) => {
  // First of all: from here on the form itself is never sent.
  event.preventDefault();
  void openTyped();
});
receipt.addEventListener('input', () => {
  element('#checked').textContent = whileTyping(receipt.value);
});
// A page that comes back out of the browser's memory would show what was locked.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.replace('/mailbox');
});
element('#tier-arrival').hidden = true;
element('#tier-browser').hidden = false;

async function openTyped(): Promise<void> {
  const problem = whenDone(receipt.value);
  if (problem !== null) {
    fail(problem);
    return;
  }
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  element('#failure').hidden = true;
  element('#opening').textContent = say('opening');
  try {
    const { mailboxId, mailboxKey } = await openReceipt(receipt.value);
    const line = new MailboxLine(mailboxId);
    const stored = await line.read();
    const side = await openSide(stored.sealed, mailboxKey);
    open = { line, mailboxKey, stored, side };
    const page = elementOf(HTMLTemplateElement, '#side').content.cloneNode(true);
    element('#opened').replaceChildren(page);
    enliven(open);
    await showSide(stored, side);
    element('#opened').hidden = false;
    element('#closed').hidden = true;
    form.reset();
    element('#checked').textContent = '';
    element('#opened-title').focus();
    scrollTo(0, 0);
  } catch (error) {
    fail(whyNotOpened(error));
  } finally {
    form.ariaBusy = 'false';
    element('#opening').textContent = '';
  }
}

function enliven({ line }: Open): void {
  onSubmit('#write', send);
  enlivenAnswers(atHand, refresh);
  onSubmit('#lock', async () => {
    await line.lock();
    location.replace('/mailbox');
  });
  onSubmit('#notify', async () => {
    await line.removeAddress();
    element('#notify').hidden = true;
    element('#done').textContent = say('removed');
  });
}

async function send(): Promise<void> {
  const text = elementOf(HTMLTextAreaElement, '#text');
  const sending = element('#sending');
  if (text.value.trim() === '') {
    complain(say('empty'));
    return;
  }
  if (text.value.length > LONGEST_TEXT) {
    complain(say('tooLong'));
    return;
  }
  sending.textContent = say('sealing');
  try {
    await sealAndSend(text.value);
    text.value = '';
    sealed = null;
    // It was taken; that the page could not be fetched again must not look as if it was not.
    await refresh().catch(() => undefined);
    sending.textContent = say('sent');
  } catch (error) {
    sending.textContent = '';
    // Somebody reads it of whom the person does not know: what is asked about that is to be on the page.
    if (error instanceof ReadersUnknown) await refresh().catch(() => undefined);
    complain(whyNotSent(error));
  }
}

function atHand(): Open {
  if (!open) throw new VaultError();
  return open;
}

async function sealAndSend(text: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    const { side, line } = atHand();
    try {
      if (sealed?.text !== text) sealed = { text, item: await sealMessage(side, crypto.randomUUID(), text) };
      await line.add(sealed.item);
      return;
    } catch (error) {
      // The keys of the case have moved on between looking and sending: to be sealed again under the new ones.
      if (!(error instanceof ApiProblem && error.code === 'epoch_closed') || left === 1) throw error;
      sealed = null;
      await refresh();
    }
  }
}

async function refresh(): Promise<void> {
  if (!open) return;
  const { line, mailboxKey } = open;
  const stored = await line.read();
  open = { line, mailboxKey, stored, side: await openSide(stored.sealed, mailboxKey) };
  await showSide(stored, open.side);
}

function whyNotOpened(error: unknown): string {
  if (error instanceof VaultError) return say('cannotOpen');
  if (!(error instanceof ApiProblem)) return say('failed');
  if (error.status === 404) return say('unknown');
  if (error.status === 429) return say('tooMany');
  return error.status === 0 ? say('offline') : say('failed');
}

function whyNotSent(error: unknown): string {
  if (error instanceof ContentTooLong) return say('tooLong');
  const unconfirmed = open?.stored.unconfirmed;
  if (error instanceof ReadersUnknown && unconfirmed) return say('confirmFirst').replace('{to}', unconfirmed.to.name);
  if (error instanceof VaultError) return say('cannotSeal');
  if (error instanceof ApiProblem && error.status === 409 && error.message !== '') return error.message;
  return say('notSent');
}

function fail(message: string): void {
  const failure = element('#failure');
  element('#failure-link').textContent = message;
  failure.hidden = false;
  failure.focus();
}

function complain(message: string): void {
  tell(message);
  elementOf(HTMLTextAreaElement, '#text').focus();
}

import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say } from '../../web/browser/page.js';
import { openReceipt } from '../../vault/receipt.js';
import { VaultError, type Bytes } from '../../vault/suite.js';
import { logFrom } from '../../cases/browser/joined-readers.js';
import { withLoggedSigners } from '../../cases/browser/logged-signers.js';
import type { MailboxCase, MailboxSide, ServedSide } from '../mailbox-side.js';
import { knowingLaterReaders } from '../later-readers.js';
import { openPart, openSide, type OpenSide } from '../open-side.js';
import { enlivenAnswers, type AtHand } from './answer-referral.js';
import { whenDone, whileTyping } from '../../web/browser/check-typed.js';
import { MailboxLine } from './mailbox-line.js';
import { enlivenOtherWay } from './other-way.js';
import { placePart, prefixOf } from './place-part.js';
import { enlivenRating, showRating } from './rate.js';
import { enlivenProof, proofNotShown, showProof } from './show-proof.js';
import { showSide } from './show-side.js';
import { enlivenWriting } from './write-message.js';

/*
 * The whole way of somebody who comes back, on one page. The words never leave it: id and key are derived here, and they
 * and all that is opened live in this page's memory and are gone with it.
 */

interface Open extends AtHand {
  readonly stored: MailboxSide;
  /** As the parts are stored. */
  readonly parts: readonly OpenSide[];
  readonly mailboxKey: Bytes;
  readonly signersProof: ServedSide['signersProof'];
}

const receipt = elementOf(HTMLTextAreaElement, '#receipt');
const form = elementOf(HTMLFormElement, '#open');
let open: Open | null = null;

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
    open = await look(line, mailboxKey);
    const page = elementOf(HTMLTemplateElement, '#side').content.cloneNode(true);
    element('#opened').replaceChildren(page);
    enliven(open);
    await show(open);
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
  enlivenWriting('', atHand, refresh);
  enlivenWriting('punished-', atHand, refresh, true);
  enlivenAnswers(atHand, refresh);
  enlivenRating(atHand);
  enlivenProof();
  enlivenOtherWay(atHand);
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

function atHand(): Open {
  if (!open) throw new VaultError();
  return open;
}

/** A part of it; of readers whom the person does not know, what is asked about the whole may say why. */
function partAtHand(id: string): AtHand {
  const { line, stored, parts } = atHand();
  const at = stored.parts.findIndex((part) => part.id === id);
  const [part, side] = [stored.parts[at], parts[at]];
  if (!part || !side) throw new VaultError();
  return { line, side, part: id, stored: { ...part, unconfirmed: part.unconfirmed ?? stored.unconfirmed } };
}

async function refresh(): Promise<void> {
  if (!open) return;
  open = await look(open.line, open.mailboxKey);
  await show(open);
}

async function look(line: MailboxLine, mailboxKey: Bytes): Promise<Open> {
  const served = await line.read();
  const { signersProof: proof } = served;
  // Before anything is opened: who signed in it is held to the log of keys.
  const held = async <T extends MailboxCase>(one: T): Promise<T> => ({
    ...one,
    sealed: await withLoggedSigners(one.sealed, proof),
  });
  const stored = { ...(await held(served)), parts: await Promise.all(served.parts.map(held)) };
  const side = await knowingLaterReaders(await openSide(stored.sealed, mailboxKey), stored, logFrom(line));
  const parts = await Promise.all(stored.parts.map(({ sealed }) => openPart(side, sealed)));
  return { line, mailboxKey, stored, side, parts, signersProof: proof };
}

async function show({ stored, side, parts, signersProof }: Open): Promise<void> {
  for (const part of stored.parts.filter(placePart)) {
    enlivenWriting(prefixOf(part), () => partAtHand(part.id), refresh);
    enlivenAnswers(() => partAtHand(part.id), refresh, prefixOf(part));
  }
  await showSide(stored, side, parts);
  showRating(stored);
  // Looked up beside the rest, which does not wait for it.
  void showProof(stored, signersProof, side).catch(proofNotShown);
}

function whyNotOpened(error: unknown): string {
  if (error instanceof VaultError) return say('cannotOpen');
  if (!(error instanceof ApiProblem)) return say('failed');
  if (error.status === 404) return say('unknown');
  if (error.status === 429) return say('tooMany');
  return error.status === 0 ? say('offline') : say('failed');
}

function fail(message: string): void {
  const failure = element('#failure');
  element('#failure-link').textContent = message;
  failure.hidden = false;
  failure.focus();
}

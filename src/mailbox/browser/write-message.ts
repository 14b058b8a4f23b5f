import { ReadersUnknown } from '../../cases/open-words.js';
import { SignerDoubted } from '../../cases/verify-keys.js';
import { LONGEST_TEXT } from '../../cases/seal-words.js';
import type { NewItem } from '../../cases/sealed-case.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, say } from '../../web/browser/page.js';
import { ContentTooLong, VaultError } from '../../vault/suite.js';
import { sealMessage } from '../seal-message.js';
import type { AtHand } from './answer-referral.js';

const TRIES = 4;

/**
 * Lets the person write to whoever has their case, or a part of it. It is sealed here; if that fails nothing is sent, and
 * the text stays where it was typed.
 *
 * @param prefix of the ids of that part; none for the case itself
 * @param atHand the case or part as it is open when they send
 * @param refresh looks again, and shows what there is now
 * @param support whether it tells of being punished, so that they look soon at how the person is supported
 */
export function enlivenWriting(
  prefix: string,
  atHand: () => AtHand,
  refresh: () => Promise<void>,
  support = false,
): void {
  const form = elementOf(HTMLFormElement, `#${prefix}write`);
  const text = elementOf(HTMLTextAreaElement, `#${prefix}text`);
  const told = element(`#${prefix}told`);
  const sending = element(`#${prefix}sending`);
  /** What was sealed last. The same text is sent as the same item, so that a lost answer does not send it twice. */
  let sealed: { readonly text: string; readonly item: NewItem } | null = null;

  const tell = (message: string): void => {
    told.textContent = message;
    told.hidden = message === '';
    if (message !== '') text.focus();
  };

  const sealAndSend = async (written: string): Promise<void> => {
    for (let left = TRIES; ; left--) {
      const { side, line, part } = atHand();
      try {
        if (sealed?.text !== written)
          sealed = { text: written, item: await sealMessage(side, crypto.randomUUID(), written) };
        await line.add(sealed.item, { part, support });
        return;
      } catch (error) {
        // The keys of the case have moved on between looking and sending: to be sealed again under the new ones.
        if (!(error instanceof ApiProblem && error.code === 'epoch_closed') || left === 1) throw error;
        sealed = null;
        await refresh();
      }
    }
  };

  const send = async (): Promise<void> => {
    if (text.value.trim() === '' || text.value.length > LONGEST_TEXT) {
      tell(say(text.value.trim() === '' ? 'empty' : 'tooLong'));
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
      tell(whyNotSent(error, atHand()));
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    tell('');
    void send().finally(() => {
      form.ariaBusy = 'false';
    });
  });
}

function whyNotSent(error: unknown, { stored: { unconfirmed } }: AtHand): string {
  if (error instanceof ContentTooLong) return say('tooLong');
  if (error instanceof ReadersUnknown && unconfirmed) return say('confirmFirst').replace('{to}', unconfirmed.to.name);
  if (error instanceof SignerDoubted) return say('signerDoubtedNotSent');
  if (error instanceof VaultError) return say('cannotSeal');
  if (error instanceof ApiProblem && error.status === 409 && error.message !== '') return error.message;
  return say('notSent');
}

import type { ReadItem } from '../../cases/open-words.js';
import { CARRIED, type CarriedWords } from '../../web/browser/carried-words.js';
import { element, elementOf, say } from '../../web/browser/page.js';
import { dayInWords } from '../../web/day.js';
import { openOne, wordsOf, type OpenSide } from '../open-side.js';
import type { MailboxSide } from '../mailbox-side.js';
import type { MailboxLine } from './mailbox-line.js';

/** A mailbox that is open on this page. */
interface Open {
  readonly line: MailboxLine;
  readonly stored: MailboxSide;
  readonly side: OpenSide;
}

/**
 * Lets the person send what they told here the other way too, as a case of its own with a receipt of its own. That it
 * carries this one on stands in their words, where they may take it out, and nowhere else.
 */
export function enlivenOtherWay(atHand: () => Open): void {
  const button = elementOf(HTMLButtonElement, '#other-way-go');
  const told = element('#other-way-told');
  button.addEventListener('click', () => {
    const failed = (): void => {
      button.disabled = false;
      told.textContent = say('otherWayFailed');
    };
    button.disabled = true;
    told.textContent = say('otherWayGoing');
    void carry(atHand(), failed).catch(failed);
  });
}

async function carry({ line, stored, side }: Open, failed: () => void): Promise<void> {
  const items = await Promise.all(stored.sealed.items.map((item) => openOne(side, item)));
  const own = items.filter(({ author }) => author === 'person');
  const facets = own.find(({ kind }) => kind === 'statement')?.content?.facets;
  const carried: CarriedWords = {
    token: elementOf(HTMLInputElement, '[name=_csrf]').value,
    facets: typeof facets === 'object' && facets !== null ? (facets as CarriedWords['facets']) : {},
    words: wordsToCarry(stored.reference, own),
    failed,
  };
  await line.lock();
  document.dispatchEvent(new CustomEvent(CARRIED, { detail: carried }));
}

/** What the person said, by the fields of the form where one writes; what they added later stands below the first. */
function wordsToCarry(reference: string, own: readonly ReadItem[]): CarriedWords['words'] {
  const said = Object.assign(
    {},
    ...own
      .filter(({ kind }) => kind === 'statement' || kind === 'identity')
      .map(({ content }) => wordsOf(content) ?? {}),
  ) as CarriedWords['words'];
  const lang = document.documentElement.lang === 'mi' ? 'mi' : 'en';
  const added = own
    .filter(({ kind, content }) => kind === 'message' && typeof content?.text === 'string')
    .map(({ madeOn, content }) => `${dayInWords(madeOn, lang)}: ${String(content?.text)}`);
  const from = say('otherWayFrom').replace('{reference}', reference);
  return { ...said, whatHappened: [from, said.whatHappened ?? '', ...added].join('\n\n') };
}

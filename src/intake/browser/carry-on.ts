import { CARRIED, type CarriedWords } from '../../web/browser/carried-words.js';
import { answerQuestionsAgain } from './answer-again.js';
import { TAKEN_UP, type TakenUp } from './put-aside-draft.js';
import type { Words } from './seal-submission.js';
import { fetchPage, runAll, turnTo, type FetchedPage } from './turn-page.js';

/*
 * Carries words from an open mailbox the other way: as a protected disclosure what was a complaint, or back. The person goes
 * through the pages that everybody goes through, shown in the place of this one, and sends it themself. Nothing of it goes
 * anywhere before, and nothing that is sent joins the two.
 */

/** The pages on the way from the answers to the words. */
const ON_THE_WAY = /^\/(?:questions\/[a-z_]+|screen|ways|decision|before-writing)$/;

let carried: Words | null = null;
let isBusy = false;

document.addEventListener(CARRIED, (event) => {
  // So that whoever asks knows that it is taken up.
  event.preventDefault();
  const { token, facets, words, failed } = (event as CustomEvent<CarriedWords>).detail;
  void begin(token, facets, words).catch(failed);
});

async function begin(token: string, facets: CarriedWords['facets'], words: Words): Promise<void> {
  await answerQuestionsAgain(token, facets);
  const page = await fetchPage('/ways');
  carried = words;
  await show(page);
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!carried || !link || !isPlain || !isOnTheWay(link)) return;
  event.preventDefault();
  go(
    () => fetchPage(link.pathname),
    () => {
      location.assign(link.href);
    },
  );
});

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!carried || event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
  const path = form.getAttribute('action') ?? '';
  if (!ON_THE_WAY.test(path)) return;
  event.preventDefault();
  // Forms on this way hold no files.
  const fields = [...new FormData(form, event.submitter)].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  go(
    () => fetchPage(path, new URLSearchParams(fields)),
    () => {
      location.assign(path);
    },
  );
});

/** Shows a page once it is there; where it does not come the person goes there by themself. The words are in the mailbox. */
function go(page: () => Promise<FetchedPage>, failed: () => void): void {
  if (isBusy) return;
  isBusy = true;
  void page()
    .then(show)
    .catch(failed)
    .finally(() => {
      isBusy = false;
    });
}

async function show(page: FetchedPage): Promise<void> {
  if (page.path === '/write' && carried) {
    const taken: TakenUp = { kept: null, words: carried };
    carried = null;
    await runAll(turnTo(page, 'h1'));
    document.dispatchEvent(new CustomEvent(TAKEN_UP, { detail: taken }));
  } else if (ON_THE_WAY.test(page.path)) {
    turnTo(page, '.govuk-error-summary, h1');
  } else {
    location.assign(page.path);
  }
}

/** A link within the page, to its main part or to a field, is none. */
function isOnTheWay({ origin, pathname, hash }: HTMLAnchorElement): boolean {
  return origin === location.origin && hash === '' && (ON_THE_WAY.test(pathname) || pathname === '/write');
}

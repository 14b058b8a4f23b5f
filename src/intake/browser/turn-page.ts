import { element, elementOf } from '../../web/browser/page.js';

/*
 * Puts one page of ours in the place of another without leaving it, so that words which live in this page's memory alone
 * are still there: anything handed from page to page would have to be kept somewhere.
 */

/** A page as it was fetched. */
export interface FetchedPage {
  readonly path: string;
  readonly html: string;
}

/** Fetches a page of ours, or sends a form of one. @throws {Error} where the server is not reached, or fails */
export async function fetchPage(path: string, sent?: URLSearchParams): Promise<FetchedPage> {
  const answer = await fetch(path, sent ? { method: 'POST', body: sent } : {});
  // What is wrong with a form stands on the page that answers it.
  if (!answer.ok && answer.status !== 422) throw new Error('There is no such page.');
  return { path: new URL(answer.url).pathname, html: await answer.text() };
}

/**
 * Shows a page that was fetched.
 *
 * @param focused what is read out first
 * @returns the page's scripts, which have not run
 */
export function turnTo({ path, html }: FetchedPage, focused: string): readonly HTMLScriptElement[] {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const main = document.adoptNode(elementOf(HTMLElement, '#main-content', page));
  const back = page.querySelector('.govuk-back-link');
  element('#main-content').replaceWith(main);
  const backHere = document.querySelector('.govuk-back-link');
  if (back && backHere) backHere.replaceWith(document.adoptNode(back));
  document.title = page.title;
  history.replaceState(null, '', path);
  const first = element(focused);
  first.tabIndex = -1;
  first.focus();
  scrollTo(0, 0);
  return [...page.querySelectorAll<HTMLScriptElement>('body > script')];
}

/** Runs scripts of a page that was turned to, one after the other. @throws where one does not load */
export async function runAll(scripts: readonly HTMLScriptElement[]): Promise<void> {
  for (const script of scripts) await run(script);
}

/* A script that was parsed aside is not run; one that is made here is, and only if it is the one whose hash is named. */
function run(parsed: HTMLScriptElement): Promise<void> {
  const script = document.createElement('script');
  for (const { name, value } of parsed.attributes) script.setAttribute(name, value);
  return new Promise((resolve, reject) => {
    script.addEventListener('load', () => {
      resolve();
    });
    script.addEventListener('error', reject);
    document.body.append(script);
  });
}

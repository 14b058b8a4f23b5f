import { ownPage } from '../own-page.js';

/** Goes where the person was on the way to: only ever to a page of ours. */
export function goOn(): void {
  location.assign(ownPage(new URLSearchParams(location.search).get('next')));
}

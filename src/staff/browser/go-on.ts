import { ownPage } from '../own-page.js';
import type { OwnKeys } from '../personal-key.js';

/**
 * Goes where the person was on the way to: only ever to a page of ours.
 *
 * @param keys what was just unlocked; where retired keys are among them, first to where what they open is granted again
 */
export function goOn(keys?: OwnKeys): void {
  const next = ownPage(new URLSearchParams(location.search).get('next'));
  location.assign(keys?.earlier.length ? `/staff/new-keys?next=${encodeURIComponent(next)}` : next);
}

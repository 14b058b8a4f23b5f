import type { ApiProblem } from '../../web/browser/ask.js';
import { say } from '../../web/browser/page.js';

/** Says, in the page's words, how long to wait before the next try. */
export function sayWait({ wait }: ApiProblem): string {
  const minutes = wait >= 60;
  const count = minutes ? Math.ceil(wait / 60) : Math.max(1, wait);
  const unit = { style: 'unit', unit: minutes ? 'minute' : 'second', unitDisplay: 'long' } as const;
  return say('wait').replace('%WAIT%', new Intl.NumberFormat(document.documentElement.lang, unit).format(count));
}

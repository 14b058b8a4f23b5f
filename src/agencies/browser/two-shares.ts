import { combineShares, ShareUnusable, wrongGroups } from '../../vault/recovery-shares.js';
import { KeyDoubted } from '../../vault/key-heads.js';
import type { PrivateJwk, PublicKey } from '../../vault/keys.js';
import { element, say, tell } from '../../web/browser/page.js';

/** Puts a recovery key together out of the two shares that were typed into a form. It is in this page only, until it is left. */
export async function keyFromShares(form: HTMLFormElement, key: PublicKey): Promise<PrivateJwk> {
  const [first = '', second = ''] = [...form.querySelectorAll('textarea')].map(({ value }) => value);
  return combineShares([first, second], key);
}

/** Says of a share, while it is typed, which of its groups are not as they were printed. */
function watchTyping(area: HTMLTextAreaElement): void {
  const line = element(`#${area.id}-wrong`);
  area.addEventListener('input', () => {
    const wrong = wrongGroups(area.value);
    line.textContent = wrong.length === 0 ? '' : `${say('wrongGroups')} ${wrong.join(', ')}`;
  });
}

/** Runs the work of a form or a button, once at a time, and says what went wrong. */
export function runWith(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.disabled = true;
  tell('');
  void work()
    .catch((error: unknown) => {
      const doubted = error instanceof KeyDoubted ? 'keysDoubted' : 'failed';
      tell(say(error instanceof ShareUnusable ? error.fault : doubted));
    })
    .finally(() => {
      button.disabled = false;
    });
}

/** Lets a form of shares do its work here; it is never sent. */
export function onShares(form: HTMLFormElement, work: () => Promise<void>): void {
  form.querySelectorAll('textarea').forEach(watchTyping);
  const button = form.querySelector('button');
  if (!button) return;
  button.disabled = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    runWith(button, work);
  });
}

import { element } from './page.js';
import { goUnlock, lock, unlockedKeys } from './session-keys.js';

/* On every signed-in page: keys left behind by a closed browser are wiped, and there are two ways to let go of others. */

void unlockedKeys();

element('lock', HTMLButtonElement).addEventListener('click', () => {
  void lock().then(goUnlock);
});

element('sign-out', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  void lock().finally(() => {
    form.submit();
  });
});

import { elementOf } from '../../web/browser/page.js';
import { checkOwnKeys } from './check-own-keys.js';
import { goUnlock, lock, lockAndLeave, unlockedKeys } from './session-keys.js';

/* On every signed-in page: keys left behind by a closed browser are wiped, and there are two ways to let go of others. */

void unlockedKeys().then((keys) => keys && checkOwnKeys(keys));

elementOf(HTMLButtonElement, '#lock').addEventListener('click', () => {
  void lock().then(goUnlock);
});

elementOf(HTMLFormElement, '#sign-out').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  void lockAndLeave().finally(() => {
    form.submit();
  });
});

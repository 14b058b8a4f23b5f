import { element } from './page.js';
import { goUnlock, lock } from './session-keys.js';

/* On every signed-in page: the two ways to let go of the keys. */

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

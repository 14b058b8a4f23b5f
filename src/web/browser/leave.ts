/*
 * Without this the link leads away by way of the server, which has the browser forget us. With it the page is emptied at
 * once and replaced, so that going back does not show it; and Escape pressed three times in three seconds does the same.
 */
const TIMES = 3;
const WITHIN = 3_000;

const link = document.querySelector<HTMLAnchorElement>('[data-leave]');
if (link) leaveBy(link);

function leaveBy(link: HTMLAnchorElement): void {
  const leave = (event: Event): void => {
    event.preventDefault();
    document.body.hidden = true;
    document.title = '';
    try {
      localStorage.clear();
    } catch {
      // This browser keeps nothing for us.
    }
    // The answer has the browser forget what it knows of us; nobody waits for it.
    void fetch(link.href, { keepalive: true, redirect: 'manual' }).catch(() => undefined);
    location.replace(link.dataset.away ?? link.href);
  };
  let pressed: number[] = [];
  link.addEventListener('click', leave);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    pressed = [...pressed, event.timeStamp].filter((at) => event.timeStamp - at < WITHIN);
    if (pressed.length >= TIMES) leave(event);
  });
  document.querySelector('[data-leave-hint]')?.removeAttribute('hidden');
}

export {};

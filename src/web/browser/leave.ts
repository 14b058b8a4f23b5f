/*
 * Without this the link leads away and the back button leads back. With it the page is emptied at once and replaced, so
 * that going back does not show it; and Escape pressed three times in three seconds does the same.
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
    location.replace(link.href);
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

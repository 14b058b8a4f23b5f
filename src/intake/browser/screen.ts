/*
 * What fits, ticked for oneself. The boxes have no name and stand in no form: nothing of them leaves the page, and they are
 * emptied when it is left. Without this script everything that may follow stands below them.
 */

const boxes = [...document.querySelectorAll<HTMLInputElement>('#screen [data-box]')];
const isNone = (box: HTMLInputElement): boolean => box.dataset.box === 'none';

function show(): void {
  const ticked = boxes.filter(({ checked }) => checked);
  const follows = ticked.length === 0 ? '' : ticked.some(isNone) ? 'none' : 'fits';
  for (const text of document.querySelectorAll<HTMLElement>('[data-follows]')) {
    text.hidden = text.dataset.follows !== follows;
  }
}

for (const box of boxes) {
  box.addEventListener('change', () => {
    // "None of these" and any of them do not go together: the last one ticked counts.
    if (box.checked) for (const other of boxes) if (isNone(other) !== isNone(box)) other.checked = false;
    show();
  });
}
addEventListener('pagehide', () => {
  for (const box of boxes) box.checked = false;
  show();
});
show();

export {};

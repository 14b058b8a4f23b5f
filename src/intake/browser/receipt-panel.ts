import { element } from '../../web/browser/page.js';

/** Gives the receipt its two buttons, which only a script can work. */
export function enlivenReceipt(panel: ParentNode, copied: string): void {
  const receipt = element('[data-slot=receipt]', panel);
  const copy = element('[data-copy]', panel);
  const print = element('[data-print]', panel);
  copy.hidden = false;
  print.hidden = false;
  copy.addEventListener('click', () => {
    void navigator.clipboard.writeText(receipt.textContent).then(() => {
      element('[data-copied]', panel).textContent = copied;
    });
  });
  print.addEventListener('click', () => {
    window.print();
  });
}

import { element } from '../../web/browser/page.js';
import { saveFile } from '../../web/browser/save-file.js';
import type { OpeningFile } from '../../vault/proof-file.js';

/**
 * Gives the receipt its buttons, which only a script can work.
 *
 * @param evidence what the person wrote, where it was sealed here; it is saved only where they say so, and never sent
 */
export function enlivenReceipt(panel: ParentNode, copied: string, evidence?: OpeningFile): void {
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
  if (!evidence) return;
  element('[data-evidence]', panel).hidden = false;
  element('[data-save-words]', panel).addEventListener('click', () => {
    saveFile('onedoor-words.json', JSON.stringify(evidence));
  });
}

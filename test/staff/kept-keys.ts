import type { Page } from 'playwright-core';

/** What a script on the page finds in the browser's key store: whether each private key can be carried off. */
export function keptKeys(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`new Promise((resolve) => {
    const request = indexedDB.open('onedoor-staff', 1);
    request.onsuccess = () => {
      const all = request.result.transaction('keys').objectStore('keys').getAll();
      all.onsuccess = () => {
        request.result.close();
        const keys = all.result.flatMap(({ agreement, signing }) => [agreement.privateKey, signing.privateKey]);
        resolve(keys.map((key) => (key.extractable ? 'extractable' : 'held')));
      };
    };
  })`);
}

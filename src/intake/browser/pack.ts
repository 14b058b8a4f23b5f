import { element, elementOf } from '../../web/browser/page.js';
import { saveFile } from '../../web/browser/save-file.js';

/* The pack is made here and saved here; not a word of it goes anywhere. */
const pack = element('[data-pack]');
const save = element('[data-save]', pack);
pack.hidden = false;
element('[data-no-script]').hidden = true;

save.addEventListener('click', () => {
  const words = elementOf(HTMLTextAreaElement, '#packWords', pack).value;
  const reach = document.querySelector('[data-pack-line]')?.textContent ?? '';
  const text = `${save.dataset.name ?? ''}\n${reach}\n\n${words}\n`;
  saveFile('pack.txt', text, 'text/plain');
});

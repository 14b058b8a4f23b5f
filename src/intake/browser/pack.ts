import { element, elementOf } from '../../web/browser/page.js';

/* The pack is made here and saved here; not a word of it goes anywhere. */
const pack = element('[data-pack]');
const save = element('[data-save]', pack);
pack.hidden = false;
element('[data-no-script]').hidden = true;

save.addEventListener('click', () => {
  const words = elementOf(HTMLTextAreaElement, '#packWords', pack).value;
  const reach = document.querySelector('[data-pack-line]')?.textContent ?? '';
  const text = `${save.dataset.name ?? ''}\n${reach}\n\n${words}\n`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = 'pack.txt';
  link.click();
  URL.revokeObjectURL(link.href);
});

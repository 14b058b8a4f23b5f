import { element, say } from '../../web/browser/page.js';
import { readItem, type ReadItem } from '../open-words.js';
import { countersign } from './countersign.js';
import { fetchCase } from './fetch-case.js';
import { showItem, showKeptBack } from './show-words.js';

/* Opens what was said in a case, on every page that shows it. What is opened here goes nowhere but onto the page. */

const words = element('#words');
const progress = element('#progress');

async function show(caseId: string): Promise<void> {
  progress.textContent = say('opening');
  const atHand = await fetchCase(caseId);
  if (!atHand) {
    progress.textContent = '';
    element('#locked').hidden = false;
    return;
  }
  const { items, opened, sealed } = atHand;
  const granted = new Set(sealed.grants.map(({ key, epoch }) => `${key}#${epoch.toString()}`));
  const reads: ReadItem[] = [];
  let unreadable = 0;
  for (const [index, item] of items.entries()) {
    progress.textContent = say('progress')
      .replace('{done}', (index + 1).toString())
      .replace('{all}', items.length.toString());
    const read = await readItem(caseId, item, opened);
    // Who the person is may have been kept back when the case was handed on. That is no failure to open.
    const keptBack = item.key === 'identity' && !granted.has(`identity#${item.epoch.toString()}`);
    reads.push(read);
    if (read.content === null && !keptBack) unreadable++;
    // Said below, and nothing that somebody wrote.
    if (item.kind === 'countersignature') continue;
    const shown = keptBack ? showKeptBack(read) : showItem(read);
    element(`#${item.kind === 'note' ? 'notes' : 'said'}`).append(shown);
  }
  element('#notes-part').hidden = !items.some(({ kind }) => kind === 'note');
  progress.textContent = unreadable === 0 ? say('opened') : say('someUnreadable');
  words.dataset.state = 'opened';
  const came = await countersign(atHand, reads);
  if (came !== null) element('#countersigned').textContent = say(came);
  words.dataset.compared = came ?? 'before';
}

show(words.dataset.case ?? '').catch(() => {
  progress.textContent = '';
  words.dataset.state = 'failed';
  element('#failed').hidden = false;
});

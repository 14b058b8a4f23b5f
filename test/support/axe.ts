import axe, { type AxeResults } from 'axe-core';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { Page } from 'playwright-core';

/** Rules of WCAG 2.2 AA and best practice that a page breaks, and where. */
const ANALYSE = `axe
  .run(document, { resultTypes: ['violations'] })
  .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target) })))`;

/**
 * What axe looks at, as one text: every element with its attributes and state, whether it holds text and is seen, and how
 * wide the page is; not which words, numbers and addresses these are. Sent as text, since it runs in the page.
 */
const SHAPE = `(() => {
  const shape = (element) => {
    const { localName, checked, hidden } = element;
    const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
    const attributes = [...element.attributes]
      .map(({ name, value }) => name + '=' + (/^(href|src|action|value|content|datetime)$/.test(name) ? value !== '' : value))
      .sort();
    const seen = element.checkVisibility();
    return [localName, checked, hidden, text, seen, element === document.activeElement, attributes, [...element.children].map(shape)];
  };
  return JSON.stringify([innerWidth, document.title !== '', shape(document.documentElement)]);
})()`;

/** What is another one on each page of the same kind: ids of cases, tokens, references. */
const OF_THE_DAY = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{22,}|OD-[\w-]+/g;

/**
 * Fails with what a page breaks, and where. Of pages of one shape the first of a whole run is analysed, at each width:
 * the others have nothing else that axe looks at.
 */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  const shape = (await page.evaluate<string>(SHAPE)).replace(OF_THE_DAY, '#');
  const passed = join(process.env.ONEDOOR_TEST_PAGES ?? '', createHash('sha256').update(shape).digest('hex'));
  if (existsSync(passed)) return;
  await page.evaluate(axe.source);
  const violations =
    await page.evaluate<{ id: string; targets: AxeResults['violations'][0]['nodes'][0]['target'][] }[]>(ANALYSE);
  const found = violations.map(({ id, targets }) => `${id}: ${targets.map((target) => target.join(' ')).join(', ')}`);
  if (found.length > 0) throw new Error(`axe found on ${new URL(page.url()).pathname}:\n${found.join('\n')}`);
  await writeFile(passed, '');
}

/** A folder in which a run notes the shapes of pages that passed. */
export async function notePagesIn(folder: string): Promise<void> {
  await mkdir(folder);
  process.env.ONEDOOR_TEST_PAGES = folder;
}

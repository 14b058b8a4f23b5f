import { dayInWords } from '../../web/day.js';
import { element, elementOf, given } from '../../web/browser/page.js';
import { verifyProof, type Finding, type ProofReport } from '../../vault/proof.js';
import { readProofKeys } from '../../vault/proof-file.js';
import { sayFinding, type FindingWords } from '../say-finding.js';

/*
 * Checks what is chosen, here. Nothing is fetched and nothing is sent: once this page is loaded, the network can be off.
 */

const page = given('#given') as FindingWords & { readonly keys: unknown };
const files = elementOf(HTMLInputElement, '#files');
const keysFile = elementOf(HTMLInputElement, '#keys-file');
const findings = element('#findings');
const words = element('#words');
const lang = document.documentElement.lang;

/** A proof is some kilobytes, an opening less than a hundred. */
const LARGEST = 1_000_000;
let turn = 0;

async function check(): Promise<void> {
  const mine = ++turn;
  const [read, keys] = await Promise.all([readAll(files.files), readAll(keysFile.files)]);
  const report = read.length === 0 ? null : await reportOn(read, keys.length === 0 ? page.keys : keys[0]);
  // Another choice was made meanwhile.
  if (mine !== turn) return;
  element('#result').hidden = report === null;
  if (report) show(report);
}

async function reportOn(read: readonly unknown[], keys: unknown): Promise<ProofReport> {
  try {
    return await verifyProof(read, readProofKeys(keys));
  } catch {
    return { holds: false, says: [{ code: 'keys_unreadable', is: 'wrong', values: {} }], words: [] };
  }
}

/** What cannot be read is no proof, and is said to be none. */
function readAll(chosen: FileList | null): Promise<unknown[]> {
  return Promise.all(
    [...(chosen ?? [])].map(async (file) => {
      try {
        return file.size > LARGEST ? null : (JSON.parse(await file.text()) as unknown);
      } catch {
        return null;
      }
    }),
  );
}

function show(report: ProofReport): void {
  const title = element('#result-title');
  title.textContent = (report.holds ? title.dataset.holds : title.dataset.fails) ?? '';
  for (const is of ['wrong', 'shown', 'open'] as const) {
    const said = report.says.filter((one) => one.is === is);
    element(`[data-findings=${is}]`).hidden = said.length === 0;
    element('ul', element(`[data-findings=${is}]`)).replaceChildren(...said.map(line));
  }
  findings.hidden = false;
  words.hidden = report.words.length === 0;
  element('dl', words).replaceChildren(
    ...report.words.flatMap(({ content }) =>
      Object.entries(content)
        .filter((entry): entry is [string, string] => entry[0] !== 'nonce' && typeof entry[1] === 'string')
        .map(([field, text]) => row(words.dataset[field] ?? field, text)),
    ),
  );
  title.focus();
}

function line(finding: Finding): HTMLElement {
  const item = document.createElement('li');
  item.dataset.code = finding.code;
  item.textContent = sayFinding(inWords(finding), page);
  return item;
}

function inWords(finding: Finding): Finding {
  const days = ['day', 'on', 'at'];
  const values = Object.entries(finding.values).map(([name, value]) => [
    name,
    days.includes(name) ? dayInWords(value, lang) : value,
  ]);
  return { ...finding, values: Object.fromEntries(values) as Finding['values'] };
}

function row(name: string, text: string): HTMLElement {
  const made = document.createElement('div');
  made.className = 'govuk-summary-list__row';
  const key = document.createElement('dt');
  key.className = 'govuk-summary-list__key';
  key.textContent = name;
  const value = document.createElement('dd');
  value.className = 'govuk-summary-list__value od-typed';
  value.dir = 'auto';
  value.textContent = text;
  made.append(key, value);
  return made;
}

for (const input of [files, keysFile]) {
  input.addEventListener('change', () => {
    void check();
  });
}
element('#check').hidden = false;
element('#no-script').hidden = true;

import { requireLoggedAt } from '../../../agencies/browser/require-logged-at.js';
import { complain, Locked, sayWhy } from '../../../cases/browser/say-why.js';
import { askStaff } from '../../../staff/browser/ask-staff.js';
import { goUnlock, unlockedKeys } from '../../../staff/browser/session-keys.js';
import { sealReport } from '../../../vault/report.js';
import { element, elementOf, given, onSubmit, say } from '../../../web/browser/page.js';
import type { Taker } from '../stored-report.js';

/*
 * Seals a report of serious misconduct to the body that takes it, signed by whoever is signed in. If that fails nothing is
 * sent, and all that was typed stays where it was.
 */

const form = elementOf(HTMLFormElement, '#report');
const sending = element('#sending');
const { agency, reader } = given('#to') as Taker;

/** What was made last. The same is sent as the same, so that a lost answer does not report it twice. */
let made: { readonly of: string; readonly body: object } | null = null;

const written = (id: string): string => elementOf(HTMLTextAreaElement, id).value.trim();

onSubmit('#report', async () => {
  const content = { what: written('#what'), done: written('#done') };
  if (content.what === '' || content.done === '') {
    complain(say('empty'));
    return;
  }
  sending.textContent = say('sealing');
  try {
    const of = JSON.stringify(content);
    if (made?.of !== of) made = { of, body: await seal(content) };
    await askStaff('/staff/api/misconduct-reports', made.body);
    // Nothing of it stays behind for the back button.
    form.reset();
    location.assign('/staff/misconduct-report');
  } catch (error) {
    complain(sayWhy(error));
  } finally {
    sending.textContent = '';
  }
});

async function seal(content: { readonly what: string; readonly done: string }): Promise<object> {
  const own = await unlockedKeys();
  if (!own || !reader) throw new Locked();
  await requireLoggedAt(agency, [reader]);
  const report = crypto.randomUUID();
  const from = form.dataset.from ?? '';
  return { id: report, jwe: await sealReport({ report, from, reader, signer: own.signing, content }) };
}

// Before anything is typed: unlocking leaves the page.
void unlockedKeys().then((own) => {
  if (!own) {
    goUnlock();
    return;
  }
  // Last, so that what is typed is never sent by the form itself.
  elementOf(HTMLButtonElement, '#send').disabled = false;
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database } from '../../config/database.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import { signReferralConsent } from '../../src/mailbox/sign-consent.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { sealNote } from '../../src/cases/seal-words.js';
import { DeskClient } from '../cases/desk.js';
import { accept, open, propose, type AtDesk } from '../cases/handing-on.js';
import { fetchSealed, unlock } from '../cases/sealed-cases.js';
import { close, sealedReply, split } from '../cases/splitting.js';
import { FACETS, readersOf, seal, submit } from '../intake/door.js';
import { Caller, MailboxApp } from '../mailbox/mailbox-app.js';
import { openTestAgency } from '../support/app.js';
import { downgrades, tryBefore } from './downgrades.js';

let served: MailboxApp;
beforeAll(async () => {
  served = await MailboxApp.start();
});
afterAll(() => served.close());

async function atDesk(who: EnrolledStaffMember): Promise<AtDesk> {
  const { app, staffOrigin } = served.app;
  const client = await DeskClient.of({ app, staffOrigin, database: app.get(Database) }, who);
  return { who, client, keys: () => unlock(client, who) };
}

/** What sealed and signed words are sent for, by everybody who sends some. */
async function story(): Promise<void> {
  const [officer] = await openTestAgency(served.app, 'hdc');
  if (!officer) throw new Error('The agency has nobody.');
  const [ana, hana] = [await atDesk(served.officer), await atDesk(officer)];
  const { submission } = await seal({ readers: await readersOf(served.app, 'msd'), receiver: 'msd', identity: {} });
  ok(await submit(served.app, { facets: FACETS, ...submission }));

  const lodged = await served.lodge({ whatHappened: 'They lost it.', identity: 'Aroha' });
  const at = `/staff/api/cases/${lodged.id}`;
  const person = await new Caller(served.origin).openById(lodged);
  const item = await sealMessage(await person.openHere(lodged), randomUUID(), 'More');
  ok(await person.call('POST', '/messages', { item }));
  ok(await ana.client.post(`${at}/acknowledgement`, { item: await sealedReply(ana, lodged, 'It has come.') }));
  ok(await ana.client.post(`${at}/replies`, { item: await sealedReply(ana, lodged, 'An answer') }));
  const keys = await ana.keys();
  const { sealed, opened } = await fetchSealed(ana.client, lodged.id, keys);
  ok(await ana.client.post(`${at}/notes`, await sealNote(sealed, opened, keys.signing, 'A note')));
  ok(await close(ana, await split(ana, lodged)));
  const { id, answer } = await propose(ana, lodged, 'hdc');
  ok(answer);
  const { referral } = await person.read();
  if (!referral) throw new Error('Nothing is asked.');
  const consent = await signReferralConsent(await person.openHere(lodged), referral, ['case']);
  ok(await person.call('POST', `/referrals/${id}/consent`, { consent }));
  ok(await accept(hana, id));
  ok(await open(hana, id));
}

function ok(answer: { readonly status: number; readonly text?: unknown; readonly body?: unknown }): void {
  const { status, text, body } = answer;
  if (status >= 300) throw new Error(`A true one was answered ${status.toString()}: ${JSON.stringify(text ?? body)}`);
}

describe('what is sealed or signed, wherever it is sent', () => {
  it('is refused under every weaker suite, and taken under ours right after', async () => {
    const tried = await tryBefore(story, downgrades);
    expect(tried.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
    expect([...new Set(tried.map(({ route }) => route))].sort()).toEqual([
      'POST /api/v1/mailbox/messages',
      'POST /api/v1/mailbox/referrals/:id/consent',
      'POST /api/v1/submissions',
      'POST /staff/api/cases/:id/acknowledgement',
      'POST /staff/api/cases/:id/closing',
      'POST /staff/api/cases/:id/notes',
      'POST /staff/api/cases/:id/parts',
      'POST /staff/api/cases/:id/referrals',
      'POST /staff/api/cases/:id/replies',
      'POST /staff/api/referrals/:id/opening',
    ]);
    // A body without anything sealed in it would have tried nothing.
    expect(tried.length).toBeGreaterThan(60);
  });
});

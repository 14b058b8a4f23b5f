import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { loadSettings } from '../../config/settings.js';
import { Mailer } from '../../src/delivery/mailer.js';
import { receiverNotTold, tellReceiver } from '../../src/delivery/tell-receiver.js';
import { startMailServer, type MailServer } from '../support/smtp.js';
import { startDesk, SYSTEM, type Desk } from './desk.js';
import { accept, decline, openAgency, Person, propose, type AtDesk } from './handing-on.js';
import { lodge } from './sealed-cases.js';

let desk: Desk;
let mail: MailServer;
let mailer: Mailer;
let ana: AtDesk;
let ben: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  mail = await startMailServer();
  mailer = new Mailer(loadSettings({ SMTP_URL: mail.url }));
  [ana] = await openAgency(desk, 'ombudsman');
  [ben] = await openAgency(desk, 'hdc');
  await desk.rows(`UPDATE agencies SET notice_email = 'inbox@' || id || '.test'`);
});

afterAll(async () => {
  await mail.stop();
  await desk.close();
});

const jobOf = (caseId: string) =>
  ({ id: randomUUID(), queue: 'delivery', name: 'tell_receiver', caseId, dueAt: new Date() }) as const;

/** Does the work that was promised about a case, and says whom it mailed. */
async function told(caseId: string): Promise<string[]> {
  const before = mail.mails.length;
  await desk.database.asActor(SYSTEM, (manager) =>
    tellReceiver(manager, jobOf(caseId), mailer, { subject: 'There is something for you', text: 'Look.\n' }),
  );
  return mail.mails.slice(before).flatMap(({ recipients }) => recipients);
}

describe('a notice about a complaint that is handed on', () => {
  it('goes to the receiver when it is asked, to the sender when it comes back, and to nobody in between', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    expect(await told(lodged.id)).toEqual([]);
    const { id } = await propose(ana, lodged, 'hdc');
    expect(await told(lodged.id)).toEqual([]);
    await (await Person.of(desk, lodged)).agree(id);
    expect(await told(lodged.id)).toEqual(['inbox@hdc.test']);
    await accept(ben, id);
    expect(await told(lodged.id)).toEqual([]);
    await decline(ben, id);
    expect(await told(lodged.id)).toEqual(['inbox@ombudsman.test']);
    expect(mail.mails.some(({ raw }) => raw.includes(lodged.id) || raw.includes(lodged.reference))).toBe(false);
    const notices = await desk.rows('SELECT agency_id, state FROM notices WHERE case_id = $1 ORDER BY agency_id', [
      lodged.id,
    ]);
    expect(notices).toEqual([
      { agency_id: 'hdc', state: 'sent' },
      { agency_id: 'ombudsman', state: 'sent' },
    ]);
  });

  it('that could not be sent is kept against the agency it was for', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const { id } = await propose(ana, lodged, 'hdc');
    await (await Person.of(desk, lodged)).agree(id);
    const job = jobOf(lodged.id);
    for (const dead of [false, true]) {
      await desk.database.asActor(SYSTEM, (manager) => receiverNotTold(manager, job, { code: 'smtp_refused', dead }));
    }
    expect(await desk.rows('SELECT agency_id, state, attempts FROM notices WHERE id = $1', [job.id])).toEqual([
      { agency_id: 'hdc', state: 'dead', attempts: 2 },
    ]);
  });

  it('is never sent about a disclosure', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const change = (sent: object): object => ({ ...sent, recipientConsultedOn: lodged.lodging.opening.day });
    const { id } = await propose(ana, lodged, 'hdc', { change });
    await (await Person.of(desk, lodged)).agree(id);
    expect(await told(lodged.id)).toEqual([]);
  });
});

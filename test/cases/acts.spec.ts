import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { sealReply } from '../../src/cases/seal-words.js';
import { openItem } from '../../src/vault/content.js';
import { verifyEpochs } from '../../src/vault/epochs.js';
import { openGrant } from '../../src/vault/grants.js';
import { importPublicKey } from '../../src/vault/keys.js';
import { openMailbox } from '../../src/vault/mailbox.js';
import { openReceipt } from '../../src/vault/receipt.js';
import { atOnce, enrol, holdCeremony, startDesk, DeskClient, type Desk } from './desk.js';
import { fetchSealed, lodge, unlock, wordsOf, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let anas: DeskClient;
let bens: DeskClient;

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  ben = await enrol(desk, 'ombudsman', ['lead', 'disclosure_officer']);
  await holdCeremony(desk, ana);
  anas = await DeskClient.of(desk, ana);
  bens = await DeskClient.of(desk, ben);
});

afterAll(async () => {
  await desk.close();
});

const complaint = (notifySealed?: string): Promise<LodgedCase> =>
  lodge(desk, { agencyId: 'ombudsman', path: 'complaint', ...(notifySealed === undefined ? {} : { notifySealed }) });
const disclosure = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });

const actions = async (id: string): Promise<string[]> =>
  (
    await desk.rows<{ action: string }>(
      `SELECT action FROM audit_entries WHERE case_id = $1 AND actor_kind = 'staff' ORDER BY action`,
      [id],
    )
  ).map(({ action }) => action);
const events = async (id: string, kind: string): Promise<number> =>
  (await desk.rows('SELECT 1 FROM case_events WHERE case_id = $1 AND kind = $2', [id, kind])).length;

/** What ana's browser seals as a reply. */
async function replyOf(id: string, text: string): Promise<{ id: string; jwe: string }> {
  const keys = await unlock(anas, ana);
  const { sealed, opened } = await fetchSealed(anas, id, keys);
  return sealReply(sealed, opened, keys.signing, text);
}

/** The replies as the person reads them, with their receipt and nothing else. */
async function readByPerson({ id, lodging }: LodgedCase): Promise<unknown[]> {
  const { mailboxKey } = await openReceipt(lodging.receipt);
  const { sealedPrivate, signing } = lodging.submission.mailbox;
  const { agreement } = await openMailbox({ mailboxKey, sealedPrivate });
  const person = await importPublicKey(signing, 'signing');
  const [record] = lodging.submission.sealed.epochs.filter(({ key }) => key === 'case').map((epoch) => epoch.record);
  const [epoch] = await verifyEpochs({
    records: [record ?? ''],
    expect: { caseId: id, key: 'case' },
    verify: () => person,
  });
  const grant = lodging.submission.grants.find(({ key, reader }) => key === 'case' && reader === agreement.kid);
  const place = { caseId: id, key: 'case', epoch: 1, commit: epoch?.commit ?? '' } as const;
  const expect = { ...place, reader: agreement.kid };
  const caseKey = await openGrant({ jwe: grant?.jwe ?? '', privateKey: agreement.privateKey, expect });
  const staff = await importPublicKey(ana.signing, 'signing');
  const stored = await desk.rows<{ id: string; jwe: string }>(
    `SELECT id, jwe FROM case_items WHERE case_id = $1 AND kind = 'reply' ORDER BY position`,
    [id],
  );
  return Promise.all(
    stored.map(async ({ id: item, jwe }) => {
      const verify = (kid: string) => (kid === ana.signing.kid ? staff : undefined);
      return (await openItem({ caseKey, jwe, expect: { ...place, item, kind: 'reply' }, verify })).content;
    }),
  );
}

describe('reading', () => {
  it('opens to the identical words for every officer who holds the key, and is audited as page and as words', async () => {
    const says = 'Āe, ‮rtl 😀 <b>not bold</b>\n\tend';
    const { id, reference } = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint', says });
    for (const [client, who] of [
      [anas, ana],
      [bens, ben],
    ] as const) {
      expect(await wordsOf(client, id, await unlock(client, who))).toEqual([
        ['statement', { whatHappened: says, nonce: expect.any(String), others: [expect.any(String)] }],
        ['identity', expect.objectContaining({ identity: 'Ana, 04 123 4567' })],
      ]);
    }
    const page = await anas.get(`/staff/cases/${id}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain(reference);
    expect(page.text).toContain('Taking too long');
    expect(page.text).toContain('Office of the Ombudsman');
    expect(await actions(id)).toEqual(['case.read', 'case.words_read', 'case.words_read']);
  });

  it('keeps of a disclosure only the day of each act', async () => {
    const { id } = await disclosure();
    await anas.get(`/staff/cases/${id}`);
    await anas.get(`/staff/cases/${id}/duties`);
    await anas.submit(`/staff/cases/${id}/take`, { heldBy: '' });
    expect(await actions(id)).toEqual(['case.assigned', 'case.read', 'disclosure.duties_read']);
    expect(await desk.rows('SELECT 1 FROM audit_entries WHERE case_id = $1 AND happened_at IS NOT NULL', [id])).toEqual(
      [],
    );
  });

  it('hands out more items than fit one answer, each once and in order', async () => {
    const { id } = await complaint();
    await desk.rows(
      `INSERT INTO case_items (id, case_id, key, epoch, kind, author, jwe, made_on, position)
       SELECT gen_random_uuid(), $1, 'case', 1, 'message', 'person', 'x' || n, '2026-01-01', 2 + n
         FROM generate_series(1, 230) n`,
      [id],
    );
    const seen: string[] = [];
    for (let after = ''; ;) {
      const answer = await anas.get(`/staff/api/cases/${id}${after}`);
      const page = answer.json() as {
        items: { jwe: string }[];
        next: string | null;
      };
      seen.push(...page.items.map(({ jwe }) => jwe));
      if (page.next === null) break;
      after = `?after=${page.next}`;
    }
    expect(seen.slice(2)).toEqual(Array.from({ length: 230 }, (_, n) => `x${(n + 1).toString()}`));
  });
});

describe('the order of items and steps', () => {
  it('is numbered within each case, so that no two cases can be put in order by it', async () => {
    const [first, second] = [await complaint(), await disclosure()];
    for (const { id } of [first, second, first]) {
      const item = await replyOf(id, 'Answer');
      expect((await anas.post(`/staff/api/cases/${id}/replies`, { item })).status).toBe(204);
    }
    const numbered = async (table: string, id: string): Promise<string[]> =>
      (
        await desk.rows<{ line: string }>(
          `SELECT position || ' ' || kind AS line FROM ${table} WHERE case_id = $1 ORDER BY position`,
          [id],
        )
      ).map(({ line }) => line);
    expect(await numbered('case_items', first.id)).toEqual(['1 statement', '2 identity', '3 reply', '4 reply']);
    expect(await numbered('case_items', second.id)).toEqual(['1 statement', '2 identity', '3 reply']);
    expect(await numbered('case_events', first.id)).toEqual(['1 lodged', '2 placed', '3 reply', '4 reply']);
    expect(await numbered('case_events', second.id)).toEqual(['1 lodged', '2 placed', '3 reply']);
    const sequences = await desk.rows(
      `SELECT sequencename FROM pg_sequences WHERE schemaname NOT IN ('bullmq') AND sequencename <> 'migrations_id_seq'`,
    );
    expect(sequences).toEqual([]);
  });
});

describe('acknowledging', () => {
  it('happens once when two do it at the same time', async () => {
    const { id } = await complaint();
    const acknowledge = (client: DeskClient) => () => client.post(`/staff/api/cases/${id}/acknowledgement`, {});
    const answers = await atOnce(desk, id, [anas, bens, anas, bens].map(acknowledge));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409]);
    expect(await events(id, 'acknowledged')).toBe(1);
    expect(await actions(id)).toEqual(['case.acknowledged']);
    const [row] = await desk.rows<{ status: string; on: boolean }>(
      `SELECT status, acknowledged_on = (now() AT TIME ZONE 'Pacific/Auckland')::date AS on FROM cases WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({ status: 'acknowledged', on: true });
  });

  it('takes words along, tells a person who asked for it, and is answered the same when it is sent again', async () => {
    const lodged = await complaint('sealed-address');
    const item = await replyOf(lodged.id, 'Kia ora. We have it.');
    for (let time = 1; time <= 2; time++) {
      expect((await anas.post(`/staff/api/cases/${lodged.id}/acknowledgement`, { item })).status).toBe(204);
    }
    expect(await readByPerson(lodged)).toMatchObject([{ text: 'Kia ora. We have it.' }]);
    expect(
      await desk.rows('SELECT queue, name FROM outbox WHERE case_id = $1 AND name = $2', [lodged.id, 'tell_person']),
    ).toEqual([{ queue: 'delivery', name: 'tell_person' }]);
    expect([await events(lodged.id, 'acknowledged'), await events(lodged.id, 'reply')]).toEqual([1, 1]);
  });

  it('leaves nothing behind when the words are not sealed as they must be', async () => {
    const lodged = await complaint();
    const other = await complaint();
    const item = await replyOf(other.id, 'For another case');
    const answer = await anas.post(`/staff/api/cases/${lodged.id}/acknowledgement`, { item });
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'item.jwe' }] });
    expect(await desk.rows('SELECT status FROM cases WHERE id = $1', [lodged.id])).toEqual([{ status: 'placed' }]);
    expect(await events(lodged.id, 'acknowledged')).toBe(0);
  });
});

describe('a clock', () => {
  const overdue = (text: string): boolean => text.includes('Overdue');

  /** Makes everything due long ago, and tells whether page and list say so of a case. */
  async function isOverdue({ id, reference }: LodgedCase): Promise<[onPage: boolean, onList: boolean]> {
    await desk.rows(`UPDATE clocks SET due_on = '2026-02-03'`);
    const list = (await anas.get('/staff/inbox')).text.split('<tr');
    const row = list.find((one) => one.includes(reference));
    return [overdue((await anas.get(`/staff/cases/${id}`)).text), overdue(row ?? '')];
  }

  const metOn = async (id: string): Promise<unknown[]> =>
    desk.rows(
      `SELECT kind, met_on = (now() AT TIME ZONE 'Pacific/Auckland')::date AS today FROM clocks WHERE case_id = $1`,
      [id],
    );

  it('of a complaint is met by the first reply, and by no acknowledging, with words or without', async () => {
    const [plain, withWords] = [await complaint(), await complaint()];
    await anas.post(`/staff/api/cases/${plain.id}/acknowledgement`, {});
    const item = await replyOf(withWords.id, 'We have it.');
    await anas.post(`/staff/api/cases/${withWords.id}/acknowledgement`, { item });
    for (const one of [plain, withWords]) {
      expect(await isOverdue(one)).toEqual([true, true]);
      const answer = { item: await replyOf(one.id, 'This is what we found.') };
      expect((await anas.post(`/staff/api/cases/${one.id}/replies`, answer)).status).toBe(204);
      expect(await isOverdue(one)).toEqual([false, false]);
      expect(await metOn(one.id)).toEqual([{ kind: 'answer', today: true }]);
    }
  });

  it('keeps the day it was first met', async () => {
    const lodged = await complaint();
    const answer = async (): Promise<void> => {
      const item = await replyOf(lodged.id, 'An answer');
      await anas.post(`/staff/api/cases/${lodged.id}/replies`, { item });
    };
    await answer();
    await desk.rows(`UPDATE clocks SET met_on = '2026-02-01' WHERE case_id = $1`, [lodged.id]);
    await answer();
    expect(await metOn(lodged.id)).toEqual([{ kind: 'answer', today: false }]);
  });

  it('of a disclosure is not met by a reply', async () => {
    const lodged = await disclosure();
    const item = await replyOf(lodged.id, 'We have begun.');
    expect((await anas.post(`/staff/api/cases/${lodged.id}/replies`, { item })).status).toBe(204);
    expect(await metOn(lodged.id)).toEqual([{ kind: 's13', today: null }]);
  });
});

describe('replying', () => {
  it('is read by the person with the receipt', async () => {
    const lodged = await complaint();
    const item = await replyOf(lodged.id, 'We are looking into it.');
    expect((await anas.post(`/staff/api/cases/${lodged.id}/replies`, { item })).status).toBe(204);
    expect(await readByPerson(lodged)).toMatchObject([{ text: 'We are looking into it.' }]);
    expect(await actions(lodged.id)).toContain('case.replied');
    expect(
      await desk.rows('SELECT 1 FROM outbox WHERE case_id = $1 AND name = $2', [lodged.id, 'tell_person']),
    ).toEqual([]);
  });

  it('lies there once however often and however fast it is sent', async () => {
    const lodged = await complaint('sealed-address');
    const item = await replyOf(lodged.id, 'Once');
    const send = () => anas.post(`/staff/api/cases/${lodged.id}/replies`, { item });
    const answers = await atOnce(desk, lodged.id, [send, send, send, send]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect(await readByPerson(lodged)).toHaveLength(1);
    expect(await events(lodged.id, 'reply')).toBe(1);
    expect(
      await desk.rows(`SELECT 1 FROM outbox WHERE case_id = $1 AND name = 'tell_person'`, [lodged.id]),
    ).toHaveLength(1);
  });

  it('is refused where it is sealed for another place, or something else lies under its id', async () => {
    const lodged = await complaint();
    const item = await replyOf(lodged.id, 'First');
    const path = `/staff/api/cases/${lodged.id}/replies`;
    expect((await anas.post(path, { item })).status).toBe(204);
    const second = await replyOf(lodged.id, 'Second');
    expect((await anas.post(path, { item: { id: item.id, jwe: second.jwe } })).status).toBe(409);
    expect((await bens.post(path, { item })).status).toBe(409);
    expect((await anas.post(path, { item: { id: crypto.randomUUID(), jwe: second.jwe } })).status).toBe(422);
    expect((await anas.post(`/staff/api/cases/${lodged.id}/notes`, { item: second })).status).toBe(422);
    expect((await anas.post(path, { item: { ...second, jwe: `${second.jwe}A` } })).status).toBe(422);
    expect((await anas.post(path, { item: { ...second, jwe: 'plain words' } })).status).toBe(422);
    expect((await anas.post(path, { item: second, text: 'plain words' })).status).toBe(422);
    expect((await anas.post(path, {})).status).toBe(422);
    expect(await readByPerson(lodged)).toMatchObject([{ text: 'First' }]);
  });

  it('is refused under an epoch that is no longer the newest', async () => {
    const lodged = await complaint();
    const item = await replyOf(lodged.id, 'Late');
    await desk.rows(
      `INSERT INTO case_epochs (case_id, key, epoch, record) SELECT case_id, key, 2, record FROM case_epochs
        WHERE case_id = $1 AND key = 'case'`,
      [lodged.id],
    );
    const answer = await anas.post(`/staff/api/cases/${lodged.id}/replies`, { item });
    expect(answer.json()).toMatchObject({ status: 409, code: 'epoch_closed' });
  });

  it('is refused without the token of our pages', async () => {
    const lodged = await complaint();
    const item = await replyOf(lodged.id, 'Forged');
    const cookie = [...anas.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${desk.staffOrigin}/staff/api/cases/${lodged.id}/replies`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ item }),
    });
    expect(answer.status).toBe(403);
    expect(await readByPerson(lodged)).toEqual([]);
  });
});

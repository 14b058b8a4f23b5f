import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Database } from '../../config/database.js';
import { grantPlace, wrapGrant } from '../../src/cases/disposal.js';
import { newestEpoch } from '../../src/cases/open-words.js';
import { noticeFailed } from '../../src/delivery/notices.js';
import { MOST_A_DAY } from '../../src/mailbox/add-message.js';
import type { OpenSide } from '../../src/mailbox/open-side.js';
import { sealMessage } from '../../src/mailbox/seal-message.js';
import { sealItem } from '../../src/vault/content.js';
import { beginEpoch } from '../../src/vault/epochs.js';
import type { ItemKind } from '../../src/vault/suite.js';
import { Caller, MailboxApp, type LodgedCase } from './mailbox-app.js';

let served: MailboxApp;
beforeAll(async () => {
  served = await MailboxApp.start();
});
afterAll(() => served.close());

const open = (): Caller => new Caller(served.origin);

function messagesOf({ id }: LodgedCase): Promise<{ id: string }[]> {
  return served.rows(`SELECT id FROM case_items WHERE case_id = $1 AND kind = 'message'`, [id]);
}

function waitingFor({ id }: LodgedCase): Promise<{ name: string }[]> {
  return served.rows('SELECT name FROM outbox WHERE case_id = $1', [id]);
}

describe('a message sealed in the browser', () => {
  it('is read by the officer, stands on the timeline, is logged with its day alone, and the agency is told', async () => {
    const lodged = await served.lodge({ whatHappened: 'They lost my form.' });
    const caller = await open().openById(lodged);
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'Here is its number: 7.');
    const sent = await caller.call('POST', '/messages', { item });
    expect(sent).toMatchObject({ status: 201, body: { id: item.id, on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) } });
    expect(await served.readByOfficer(lodged.id)).toEqual(['They lost my form.', 'Here is its number: 7.']);
    expect((await caller.read()).timeline.map(({ kind }) => kind)).toEqual(['lodged', 'placed', 'message']);
    expect(await waitingFor(lodged)).toEqual([{ name: 'tell_agency' }]);
    expect(
      await served.rows('SELECT action, actor_kind, actor_id, happened_at FROM audit_entries WHERE subject = $1', [
        item.id,
      ]),
    ).toEqual([{ action: 'case.message_added', actor_kind: 'mailbox', actor_id: '', happened_at: null }]);
  });

  it('sent twice, also at once, is answered the same and lies there once', async () => {
    const lodged = await served.lodge();
    const caller = await open().openById(lodged);
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'Once.');
    const answers = await Promise.all([1, 2, 3].map(() => caller.call('POST', '/messages', { item })));
    answers.push(await caller.call('POST', '/messages', { item }));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      answers.map(() => [201, { id: item.id, on: (answers[0]?.body as { on: string }).on }]),
    );
    expect(await messagesOf(lodged)).toEqual([{ id: item.id }]);
    expect(await waitingFor(lodged)).toHaveLength(1);
    const other = await sealMessage(await caller.openHere(lodged), item.id, 'Something else.');
    expect(await caller.call('POST', '/messages', { item: other })).toMatchObject({
      status: 409,
      body: { code: 'item_exists' },
    });
  });

  it('of a disclosure promises the same work, of which no mail comes: its hour would be the hour of the message', async () => {
    const lodged = await served.lodge();
    await served.rows(
      `UPDATE cases SET path = 'disclosure', facets = NULL, rules = '{}', decided_for = NULL, chosen = NULL WHERE id = $1`,
      [lodged.id],
    );
    const caller = await open().openById(lodged);
    const item = await sealMessage(await caller.openHere(lodged), randomUUID(), 'More.');
    expect(await caller.call('POST', '/messages', { item })).toMatchObject({ status: 201 });
    expect(await waitingFor(lodged)).toEqual([{ name: 'tell_agency' }]);
    const job = {
      id: randomUUID(),
      queue: 'delivery',
      name: 'tell_agency',
      caseId: lodged.id,
      dueAt: new Date(),
    } as const;
    await served.app.app
      .get(Database)
      .asActor({ kind: 'system', name: 'test' }, (manager) =>
        noticeFailed(manager, job, 'agency', { code: 'database', dead: true }),
      );
    expect(await served.rows('SELECT 1 FROM notices WHERE case_id = $1', [lodged.id])).toEqual([]);
  });

  it('under an epoch that has closed is refused, and taken once sealed again', async () => {
    const lodged = await served.lodge();
    const caller = await open().openById(lodged);
    const before = await caller.openHere(lodged);
    const item = await sealMessage(before, randomUUID(), 'Old key.');
    await beginNextEpoch(lodged, before);
    expect(await caller.call('POST', '/messages', { item })).toMatchObject({
      status: 409,
      body: { code: 'epoch_closed' },
    });
    expect(await messagesOf(lodged)).toEqual([]);
    const again = await sealMessage(await caller.openHere(lodged), item.id, 'New key.');
    expect(await caller.call('POST', '/messages', { item: again })).toMatchObject({ status: 201 });
  });

  it('is refused where it is forged, with nothing half-stored', async () => {
    const mine = await served.lodge();
    const theirs = await served.lodge();
    const caller = await open().openById(mine);
    const side = await caller.openHere(mine);
    const foreign = await (await open().openById(theirs)).openHere(theirs);
    const id = randomUUID();
    const good = await sealMessage(side, id, 'Hello.');
    const wrong = {
      'sealed for another case': await sealMessage(foreign, id, 'Hello.'),
      'under another id': { ...good, id: randomUUID() },
      'of a kind that only an agency writes': await sealAs(side, id, 'reply'),
      'under another key': await sealAs(side, id, 'message', crypto.getRandomValues(new Uint8Array(32))),
    };
    for (const [why, item] of Object.entries(wrong)) {
      const { status, body } = await caller.call('POST', '/messages', { item });
      expect([why, status, (body as { errors: { field: string }[] }).errors[0]?.field]).toEqual([why, 422, 'item.jwe']);
    }
    for (const body of [{}, { item: { id, jwe: 'x' } }, { item: good, text: 'x' }, { text: 'x' }, { id, text: ' ' }]) {
      expect([body, (await caller.call('POST', '/messages', body)).status]).toEqual([body, 422]);
    }
    const [statement] = await served.rows<{ id: string }>('SELECT id FROM case_items WHERE case_id = $1', [theirs.id]);
    const taken = await sealMessage(side, statement?.id ?? '', 'Hello.');
    expect(await caller.call('POST', '/messages', { item: taken })).toMatchObject({ status: 409 });
    expect([...(await messagesOf(mine)), ...(await messagesOf(theirs))]).toEqual([]);
    expect([...(await waitingFor(mine)), ...(await waitingFor(theirs))]).toEqual([]);

    const sent = await sealMessage(foreign, randomUUID(), 'Hello.');
    expect(await (await open().openById(theirs)).call('POST', '/messages', { item: sent })).toMatchObject({
      status: 201,
    });
    expect(await caller.call('POST', '/messages', { item: sent })).toMatchObject({ status: 422 });
    expect(await messagesOf(mine)).toEqual([]);
  });

  it('cannot be added to a closed case, nor without end on one day', async () => {
    const lodged = await served.lodge();
    const caller = await open().openByReceipt(lodged);
    const send = () => caller.call('POST', '/messages', { id: randomUUID(), text: 'And another thing.' });
    await served.rows(
      `INSERT INTO case_items (id, case_id, key, epoch, kind, author, jwe, made_on, position)
       SELECT gen_random_uuid(), case_id, key, epoch, 'message', 'person', jwe, made_on, n
         FROM case_items, generate_series(2, $2) n WHERE case_id = $1`,
      [lodged.id, MOST_A_DAY],
    );
    expect(await send()).toMatchObject({ status: 409, body: { code: 'enough_today' } });
    await served.rows(`UPDATE case_items SET made_on = made_on - 1 WHERE case_id = $1`, [lodged.id]);
    expect(await send()).toMatchObject({ status: 201 });
    await served.rows(`UPDATE cases SET status = 'closed' WHERE id = $1`, [lodged.id]);
    expect(await send()).toMatchObject({ status: 409, body: { code: 'case_closed' } });
    expect((await caller.read()).open).toBe(false);
  });
});

describe('a message in clear', () => {
  it('is sealed on arrival by a session of the receipt, and lies nowhere as it was written', async () => {
    const lodged = await served.lodge();
    const caller = await open().openByReceipt(lodged);
    const text = 'sentinel-message Āe 🙂\nمرحبا';
    const id = randomUUID();
    expect(await caller.call('POST', '/messages', { id, text })).toMatchObject({ status: 201, body: { id } });
    expect((await served.readByOfficer(lodged.id)).at(-1)).toBe(text);
    expect((await caller.read()).opened?.at(-1)).toMatchObject({ id, kind: 'message', by: null, words: { text } });
    const tables = ['case_items', 'case_events', 'audit_entries', 'outbox', 'sealed_sessions'];
    for (const table of tables) {
      expect(JSON.stringify(await served.rows(`SELECT t::text FROM ${table} t`))).not.toContain('sentinel-message');
    }
  });

  it('sent twice lies there once; the same id with other words is a conflict', async () => {
    const lodged = await served.lodge();
    const caller = await open().openByReceipt(lodged);
    const id = randomUUID();
    const answers = await Promise.all([1, 2].map(() => caller.call('POST', '/messages', { id, text: 'Once.' })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(await messagesOf(lodged)).toHaveLength(1);
    expect(await caller.call('POST', '/messages', { id, text: 'Twice.' })).toMatchObject({ status: 409 });
  });

  it('is refused by a session without the receipt, which cannot seal it', async () => {
    const lodged = await served.lodge();
    const caller = await open().openById(lodged);
    expect(await caller.call('POST', '/messages', { id: randomUUID(), text: 'Hello.' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'text', code: 'seal_it' }] },
    });
    expect(await messagesOf(lodged)).toEqual([]);
  });
});

describe('the address for "you have a message"', () => {
  it('can be removed at any time, and is gone', async () => {
    const lodged = await served.lodge({ whatHappened: 'x' }, 'someone@mail.test');
    const caller = await open().openById(lodged);
    expect((await caller.read()).notified).toBe(true);
    for (let time = 0; time < 2; time++) expect(await caller.call('DELETE', '/notify')).toMatchObject({ status: 204 });
    expect((await caller.read()).notified).toBe(false);
    expect(await served.rows('SELECT notify_sealed FROM mailboxes WHERE case_id = $1', [lodged.id])).toEqual([
      { notify_sealed: null },
    ]);
  });
});

/** What a colleague's or the person's own browser does when a new epoch begins; here the person's. */
async function beginNextEpoch({ id }: LodgedCase, side: OpenSide): Promise<void> {
  const [last] = await served.rows<{ record: string; key: Buffer }>(
    `SELECT e.record, d.key FROM case_epochs e JOIN disposal.keys d USING (case_id) WHERE case_id = $1 AND e.key = 'case'`,
    [id],
  );
  if (!last) throw new Error('No epoch.');
  const { agreement, signing } = side.keys;
  const begun = await beginEpoch({
    caseId: id,
    key: 'case',
    readers: [agreement],
    signer: signing,
    previous: last.record,
  });
  await served.rows(`INSERT INTO case_epochs VALUES ($1, 'case', 2, $2)`, [id, begun.record]);
  for (const { reader, jwe } of begun.grants) {
    const wrapped = wrapGrant(last.key, grantPlace(id, 'case', 2, reader), jwe);
    await served.rows(`INSERT INTO case_grants VALUES ($1, 'case', 2, $2, $3)`, [id, reader, wrapped]);
  }
}

async function sealAs(
  side: OpenSide,
  item: string,
  kind: ItemKind,
  caseKey?: Uint8Array<ArrayBuffer>,
): Promise<object> {
  const newest = newestEpoch(side.opened, 'case');
  if (!newest) throw new Error('No key.');
  const place = { caseId: side.caseId, key: 'case', epoch: 1, item, kind } as const;
  const content = { text: 'Hello.' };
  const jwe = await sealItem({ ...place, caseKey: caseKey ?? newest.caseKey, content, signer: side.keys.signing });
  return { id: item, jwe };
}

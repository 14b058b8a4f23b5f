import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openOne, openSide, wordsOf } from '../../src/mailbox/open-side.js';
import { openReceipt } from '../../src/vault/receipt.js';
import { Caller, MailboxApp, MSD } from './mailbox-app.js';

let served: MailboxApp;
beforeAll(async () => {
  served = await MailboxApp.start();
});
afterAll(() => served.close());

const open = (): Caller => new Caller(served.origin);

describe('a mailbox opened with what the browser derived', () => {
  it('shows where the case stands in plain words, what is due, and what has happened', async () => {
    const lodged = await served.lodge();
    const side = await (await open().openById(lodged)).read();
    expect(side).toMatchObject({
      reference: lodged.reference,
      status: { code: 'placed', text: `It has reached ${MSD}.` },
      path: 'complaint',
      delivery: 'direct',
      destination: { id: 'msd', name: MSD },
      agency: { id: 'msd', name: MSD },
      lodgedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      limit: 'our_aim',
      dueInWords: expect.stringContaining('not a legal limit'),
      timeline: [{ kind: 'lodged' }, { kind: 'placed' }],
      notified: false,
      open: true,
    });
    expect(side).not.toHaveProperty('opened');
  });

  it('gives the words sealed, and the receipt opens them to the letter, replies too', async () => {
    const lodged = await served.lodge({ whatHappened: 'Kāore 🙂 i tae mai', identity: 'Aroha, 021 000' });
    await served.reply(lodged.id, 'We have found it.\nSorry.');
    const caller = await open().openById(lodged);
    const { sealed } = await caller.read();
    const side = await caller.openHere(lodged);
    const read = await Promise.all(sealed.items.map((item) => openOne(side, item)));
    expect(read.map(({ kind, by, content }) => [kind, by, wordsOf(content)])).toEqual([
      ['statement', null, { whatHappened: 'Kāore 🙂 i tae mai' }],
      ['identity', null, { identity: 'Aroha, 021 000' }],
      ['reply', MSD, { text: 'We have found it.\nSorry.' }],
    ]);
    expect(JSON.stringify(sealed)).not.toContain('found it');
  });

  it('does not open with another receipt, nor where a reply was signed by nobody of the staff', async () => {
    const lodged = await served.lodge();
    const other = await served.lodge();
    await served.reply(lodged.id, 'Hello.');
    const caller = await open().openById(lodged);
    const { sealed } = await caller.read();
    const { mailboxKey } = await openReceipt(other.receipt);
    await expect(openSide(sealed, mailboxKey)).rejects.toMatchObject({ code: 'cannot_open' });
    const unsigned = { ...sealed, staffSigning: [] };
    const side = await openSide(unsigned, (await openReceipt(lodged.receipt)).mailboxKey);
    const read = await Promise.all(unsigned.items.map((item) => openOne(side, item)));
    expect(read.map(({ kind, content }) => [kind, content === null])).toEqual([
      ['statement', false],
      ['reply', true],
    ]);
  });
});

describe('a mailbox opened with the receipt itself', () => {
  it('is opened by the server, whose database holds neither the receipt nor the key meanwhile', async () => {
    const lodged = await served.lodge({ whatHappened: 'sentinel-happened', who: 'sentinel-who' });
    await served.reply(lodged.id, 'sentinel-reply');
    const side = await (await open().openByReceipt(lodged)).read();
    expect(side.opened?.map(({ kind, by, words }) => ({ kind, by, words }))).toEqual([
      { kind: 'statement', by: null, words: { whatHappened: 'sentinel-happened', who: 'sentinel-who' } },
      { kind: 'reply', by: MSD, words: { text: 'sentinel-reply' } },
    ]);
    const { mailboxId, mailboxKey } = await openReceipt(lodged.receipt);
    const [stored] = await served.rows<{ all: string }>(
      `SELECT (SELECT json_agg(s)::text FROM sealed_sessions s) || (SELECT json_agg(m)::text FROM mailboxes m)
              || (SELECT json_agg(i)::text FROM case_items i) AS all`,
    );
    const secrets = [lodged.receipt, mailboxId, Buffer.from(mailboxKey).toString('base64url')];
    const bytes = [Buffer.from(mailboxId, 'base64url'), Buffer.from(mailboxKey)].map((one) => one.toString('hex'));
    for (const secret of [...secrets, ...bytes, 'sentinel']) expect(stored?.all).not.toContain(secret);
  });

  it('leaves no trace of the visit in the audit log', async () => {
    const lodged = await served.lodge();
    const count = async (): Promise<unknown> => (await served.rows('SELECT count(*) FROM audit_entries'))[0];
    const before = await count();
    await (await open().openByReceipt(lodged)).read();
    expect(await count()).toEqual(before);
  });
});

describe('the mailbox of a case', () => {
  it('never shows what the agency keeps to itself, and says that there is none', async () => {
    const lodged = await served.lodge();
    const note = await served.note(lodged.id, 'Looks like fraud.');
    await served.reply(lodged.id, 'Hello.');
    const caller = await open().openByReceipt(lodged);
    const side = await caller.read();
    expect(side.sealed.items.map(({ kind }) => kind)).toEqual(['statement', 'reply']);
    for (const part of [side.sealed.items, side.sealed.epochs, side.sealed.grants]) {
      expect(part.filter(({ key }) => key !== 'case')).toEqual([]);
    }
    expect(JSON.stringify(side)).not.toContain(note);
    const after = await caller.call('GET', `?after=${note}`);
    const nowhere = await caller.call('GET', `?after=${crypto.randomUUID()}`);
    expect([after.status, nowhere.status]).toEqual([404, 404]);
    const said = ({ body }: typeof after): unknown => ({ ...(body as object), correlation: '' });
    expect(said(after)).toEqual(said(nowhere));
  });

  it('reads that case only, whatever item is named', async () => {
    const mine = await served.lodge({ whatHappened: 'mine' });
    const theirs = await served.lodge({ whatHappened: 'theirs' });
    const caller = await open().openByReceipt(mine);
    const [item] = await served.rows<{ id: string }>('SELECT id FROM case_items WHERE case_id = $1', [theirs.id]);
    expect((await caller.call('GET', `?after=${item?.id ?? ''}`)).status).toBe(404);
    const side = await caller.read();
    expect(side.reference).toBe(mine.reference);
    expect(side.sealed.id).toBe(mine.id);
    expect(JSON.stringify(side)).not.toContain(theirs.id);
    expect(side.sealed.grants.every(({ reader }) => reader === side.sealed.agreement.kid)).toBe(true);
  });

  it('is read page by page, and each item comes once', async () => {
    const lodged = await served.lodge();
    for (let n = 0; n < 3; n++) await served.reply(lodged.id, `Reply ${n.toString()}`);
    const caller = await open().openById(lodged);
    const all = (await caller.read()).sealed.items.map(({ id }) => id);
    const rest = await caller.call('GET', `?after=${all[1] ?? ''}`);
    expect((rest.body as { sealed: { items: { id: string }[] } }).sealed.items.map(({ id }) => id)).toEqual(
      all.slice(2),
    );
  });
});

describe('a session', () => {
  it('that is missing, tampered with, over, or locked opens nothing', async () => {
    const lodged = await served.lodge();
    const caller = await open().openByReceipt(lodged);
    const { token } = caller;
    expect(await caller.call('GET')).toMatchObject({ status: 200 });
    const flipped = (at: number): string => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    for (const wrong of ['', 'short', flipped(3), flipped(40), `${token}A`]) {
      caller.token = wrong;
      expect(await caller.call('GET')).toMatchObject({ status: 401, body: { code: 'sign_in' } });
      expect(await caller.call('POST', '/messages', { id: crypto.randomUUID(), text: 'x' })).toMatchObject({
        status: 401,
      });
      expect(await caller.call('DELETE', '/notify')).toMatchObject({ status: 401 });
    }
    caller.token = token;
    await served.rows('UPDATE sealed_sessions SET expires_at = now()');
    expect(await caller.call('GET')).toMatchObject({ status: 401 });

    await caller.openByReceipt(lodged);
    expect(await caller.call('DELETE', '/sessions')).toMatchObject({ status: 204 });
    expect(await caller.call('GET')).toMatchObject({ status: 401 });
  });
});

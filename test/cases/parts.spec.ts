import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { makeReference } from '../../src/cases/case-reference.js';
import { openKeys, readItem, ReadersUnknown } from '../../src/cases/open-words.js';
import { mayBePassedOn, sealPart } from '../../src/cases/seal-part.js';
import { requireStatement, sealNote, sealReply } from '../../src/cases/seal-words.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import { makeKeyPair } from '../../src/vault/keys.js';
import { VaultError } from '../../src/vault/suite.js';
import { atOnce, startDesk, type Desk } from './desk.js';
import { accept, open, openAgency, Person, propose, type AtDesk } from './handing-on.js';
import { fetchSealed, lodge, type LodgedCase } from './sealed-cases.js';
import { close, itemsRead, sealedPart, sealedReply, sendPart, split, type AnyCase } from './splitting.js';

let desk: Desk;
let ana: AtDesk;
let ben: AtDesk;
let other: AtDesk;
let third: AtDesk;

beforeAll(async () => {
  desk = await startDesk();
  [ana, ben] = await openAgency(desk, 'ombudsman');
  [other] = await openAgency(desk, 'ipca');
  [third] = await openAgency(desk, 'hdc');
});

afterAll(() => desk.close());

const complaint = (says = 'Words'): Promise<LodgedCase> =>
  lodge(desk, { agencyId: 'ombudsman', path: 'complaint', says });

interface Row {
  id: string;
  reference: string;
  agency_id: string;
  status: string;
  whole_id: string | null;
  part_number: number | null;
  assigned_to: string | null;
}

async function row({ id }: AnyCase): Promise<Row | undefined> {
  const [found] = await desk.rows<Row>('SELECT * FROM cases WHERE id = $1', [id]);
  return found;
}

const words = async (by: AtDesk, of: AnyCase): Promise<unknown[]> =>
  (await itemsRead(by, of)).map(({ content }) => content);

/** Hands a part over to another agency, with the person's yes. */
async function handOver(from: AtDesk, to: AtDesk, part: AnyCase, lodged: LodgedCase): Promise<void> {
  const { id, answer } = await propose(from, part, to.who.actor.agencyId);
  expect(answer.status).toBe(204);
  await (await Person.of(desk, { ...lodged, id: part.id })).agree(id);
  expect((await accept(to, id)).status).toBe(204);
  expect((await open(to, id)).status).toBe(204);
}

describe('a part that is split off a complaint', () => {
  it('is a case of its own, with its own owner and clock, and stands on both timelines', async () => {
    const whole = await complaint();
    const part = await split(ana, whole);
    expect(await row(part)).toMatchObject({
      reference: `${whole.reference}/1`,
      agency_id: 'ombudsman',
      status: 'acknowledged',
      whole_id: whole.id,
      part_number: 1,
      assigned_to: ana.who.actor.staffId,
    });
    const clocks = await desk.rows<{ due: string; met_on: string | null }>(
      `SELECT due_on::text AS due, met_on FROM clocks WHERE case_id = ANY ($1)`,
      [[whole.id, part.id]],
    );
    expect(clocks).toHaveLength(2);
    expect(new Set(clocks.map(({ due }) => due)).size).toBe(1);
    const events = (of: AnyCase) =>
      desk.rows(`SELECT 1 FROM case_events WHERE case_id = $1 AND kind = 'split'`, [of.id]);
    expect([(await events(whole)).length, (await events(part)).length]).toEqual([1, 1]);
    expect((await row(await split(ben, whole)))?.reference).toBe(`${whole.reference}/2`);
    const list = (await ben.client.get(`/staff/cases/${whole.id}`)).text;
    expect(list).toContain(`href="/staff/cases/${part.id}">${whole.reference}/1</a>`);
    const seen = (await ben.client.get(`/staff/cases/${part.id}`)).text;
    expect(seen).toContain(`href="/staff/cases/${whole.id}">${whole.reference}</a>`);
  });

  it('holds what was passed on in the person’s own words, with their signature checked', async () => {
    const whole = await complaint('All of it');
    const [read] = await itemsRead(ben, await split(ana, whole));
    expect(read).toMatchObject({
      kind: 'excerpt',
      author: 'agency',
      content: { whatHappened: 'All of it' },
      excerpt: { own: true, from: { case: whole.id, kind: 'statement', author: 'person' } },
    });
    expect(JSON.stringify(read?.content)).not.toContain('nonce');
  });

  it('holds of a shortened text only what was left, and does not pass it off as the person’s', async () => {
    const whole = await complaint('Sentinel: all of it, and a secret');
    const part = await split(ana, whole, (all) =>
      all.map(({ item }) => ({ item, left: { whatHappened: 'all of it' } })),
    );
    const [read] = await itemsRead(ben, part);
    expect(read).toMatchObject({ content: { whatHappened: 'all of it' }, excerpt: { own: false } });
    expect(JSON.stringify(read)).not.toContain('secret');
  });

  it('never holds who the person is, nor a note', async () => {
    const whole = await complaint();
    const keys = await ana.keys();
    const { sealed, opened } = await fetchSealed(ana.client, whole.id, keys);
    const { item: note, desk: begun } = await sealNote(sealed, opened, keys.signing, 'Sentinel note');
    await ana.client.post(`/staff/api/cases/${whole.id}/notes`, { item: note, desk: begun });
    const again = await fetchSealed(ana.client, whole.id, keys);
    const forbidden = again.sealed.items.filter((item) => !mayBePassedOn(item));
    expect(forbidden.map(({ kind }) => kind).sort()).toEqual(['identity', 'note']);
    for (const item of forbidden) {
      const { items } = again.sealed;
      const made = sealPart({ ...again, items, signer: keys.signing, chosen: [{ item }] });
      await expect(made).rejects.toThrow(VaultError);
    }
  });

  it('is answered, noted on and assigned like any case, apart from the whole', async () => {
    const whole = await complaint();
    const part = await split(ana, whole);
    const item = await sealedReply(ben, part, 'About this part.');
    expect((await ben.client.post(`/staff/api/cases/${part.id}/replies`, { item })).status).toBe(204);
    const keys = await ben.keys();
    const { sealed, opened } = await fetchSealed(ben.client, part.id, keys);
    const note = await sealNote(sealed, opened, keys.signing, 'A note of the part.');
    expect((await ben.client.post(`/staff/api/cases/${part.id}/notes`, note)).status).toBe(204);
    const to = { to: ben.who.actor.staffId, heldBy: ana.who.actor.staffId };
    expect((await ana.client.submit(`/staff/cases/${part.id}/assign`, to)).status).toBe(303);
    expect((await row(whole))?.assigned_to).toBeNull();
    expect(await words(ana, whole)).toHaveLength(2);
    expect((await words(ana, part)).slice(1)).toMatchObject([
      { text: 'About this part.' },
      { text: 'A note of the part.' },
    ]);
    const clocks = await desk.rows<{ met: boolean }>(
      `SELECT met_on IS NOT NULL AS met FROM clocks WHERE case_id = ANY ($1) ORDER BY case_id = $2`,
      [[whole.id, part.id], part.id],
    );
    expect(clocks).toEqual([{ met: false }, { met: true }]);
  });

  it('that is not sealed as it must be is refused the same, whether a case lies under its id or not', async () => {
    const whole = await complaint();
    const hidden = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const elsewhere = await lodge(desk, { agencyId: 'ipca', path: 'complaint' });
    const part = await sealedPart(ana, whole);
    const { epoch } = await sealedPart(ana, whole);
    const told = async (id: string, more: object): Promise<unknown> => {
      const answer = await sendPart(ana, whole, { ...part, ...more, part: id });
      return [answer.status, (answer.json() as { errors: unknown }).errors];
    };
    for (const more of [{}, { epoch }]) {
      const unused = await told(randomUUID(), more);
      expect(unused).toEqual([422, [expect.objectContaining({ field: 'epoch.record' })]]);
      for (const { id } of [elsewhere, hidden, whole]) expect(await told(id, more)).toEqual(unused);
    }
  });

  it.each(['ombudsman', 'ipca'])('is a conflict where something else lies under its id already, at %s', async (at) => {
    const whole = await complaint();
    const sent = await sealedPart(ana, whole);
    await desk.rows(
      `INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, sealed_where, status, lodged_on)
       VALUES ($1, $2, $3, 'complaint', 'direct', '{}', 't', '{}', 'browser', 'placed', current_date)`,
      [sent.part, makeReference(), at],
    );
    const answer = await sendPart(ana, whole, sent);
    expect([answer.status, answer.json()]).toMatchObject([409, { code: 'part_exists' }]);
  });

  it('sent twice, also at once, is made once, and nothing else is under its number', async () => {
    const whole = await complaint();
    const sent = await sealedPart(ana, whole);
    const send = () => sendPart(ana, whole, sent);
    expect((await atOnce(desk, whole.id, [send, send])).map(({ status }) => status)).toEqual([204, 204]);
    expect((await send()).status).toBe(204);
    expect(await desk.rows('SELECT 1 FROM cases WHERE whole_id = $1', [whole.id])).toHaveLength(1);
    const others = await sealedPart(ana, whole);
    const twisted = [
      { ...others, part: sent.part },
      { ...others, items: sent.items },
      { ...sent, part: whole.id },
    ];
    for (const body of twisted) expect((await sendPart(ana, whole, body)).status).toBe(422);
    const two = await Promise.all([sealedPart(ana, whole), sealedPart(ben, whole)]);
    const both = await atOnce(desk, whole.id, [() => sendPart(ana, whole, two[0]), () => sendPart(ben, whole, two[1])]);
    expect(both.map(({ status }) => status)).toEqual([204, 204]);
    const numbers = await desk.rows('SELECT part_number FROM cases WHERE whole_id = $1 ORDER BY 1', [whole.id]);
    expect(numbers).toEqual([{ part_number: 1 }, { part_number: 2 }, { part_number: 3 }]);
  });

  it('is refused where it is not sealed as it must be, with nothing half-made', async () => {
    const whole = await complaint();
    const elsewhere = await complaint();
    const sent = await sealedPart(ana, whole);
    const foreign = await sealedPart(ana, elsewhere);
    const stranger = await makeKeyPair('agreement');
    const wrong: Record<string, object> = {
      'another part’s epoch': { ...sent, epoch: foreign.epoch },
      'another part’s items': { ...sent, items: foreign.items },
      'nothing in it': { ...sent, items: [] },
      'a reply in it': { ...sent, items: [await sealedReply(ana, whole, 'x')] },
      'a grant too few': { ...sent, epoch: { ...sent.epoch, grants: sent.epoch.grants.slice(1) } },
      'a grant to a stranger': {
        ...sent,
        epoch: {
          ...sent.epoch,
          grants: sent.epoch.grants.map((grant, at) => (at === 0 ? { ...grant, reader: stranger.kid } : grant)),
        },
      },
      'its id not the sealed one': { ...sent, part: randomUUID() },
      'an unknown field': { ...sent, agencyId: 'ipca' },
    };
    for (const [why, body] of Object.entries(wrong)) {
      const { status } = await sendPart(ana, whole, body);
      expect([why, status === 422 || status === 409]).toEqual([why, true]);
    }
    // Made by a colleague's browser, it is not the actor's to send.
    expect((await sendPart(ben, whole, sent)).status).toBe(422);
    expect(await desk.rows('SELECT 1 FROM cases WHERE whole_id = $1', [whole.id])).toEqual([]);
    expect(await desk.rows('SELECT 1 FROM case_epochs WHERE case_id = $1', [sent.part])).toEqual([]);
    expect(await desk.rows(`SELECT 1 FROM case_events WHERE case_id = $1 AND kind = 'split'`, [whole.id])).toEqual([]);
  });

  it('is refused of a part, of a disclosure, of a closed case, and beyond nine', async () => {
    const whole = await complaint();
    const part = await split(ana, whole);
    const ofPart = await sendPart(ana, part, await sealedPart(ana, whole));
    expect([ofPart.status, ofPart.json()]).toMatchObject([409, { code: 'part_of_part' }]);
    const disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const ofDisclosure = await sendPart(ana, disclosure, await sealedPart(ana, whole));
    expect([ofDisclosure.status, ofDisclosure.json()]).toMatchObject([409, { code: 'complaints_only' }]);
    for (let number = 2; number <= 9; number++) await split(ana, whole);
    const tenth = await sendPart(ana, whole, await sealedPart(ana, whole));
    expect([tenth.status, tenth.json()]).toMatchObject([409, { code: 'too_many_parts' }]);
    const closed = await complaint();
    const late = await sealedPart(ana, closed);
    await close(ana, closed);
    expect((await sendPart(ana, closed, late)).status).toBe(409);
  });

  it('looks like a case that is not there to those who may not know of the whole', async () => {
    const whole = await complaint();
    const sent = await sealedPart(ana, whole);
    expect((await other.client.get(`/staff/cases/${whole.id}/split`)).status).toBe(404);
    expect((await sendPart(other, whole, sent)).status).toBe(404);
    expect(await row({ id: sent.part })).toBeUndefined();
  });
});

describe('the keys of a part', () => {
  it('are not believed where the server names another mailbox than whoever split it', async () => {
    const part = await split(ana, await complaint());
    const keys = await ben.keys();
    const { sealed } = await fetchSealed(ben.client, part.id, keys);
    const forged = { signing: (await makeKeyPair('signing')).jwk, agreement: (await makeKeyPair('agreement')).jwk };
    for (const mailbox of [
      { ...sealed.mailbox, agreement: forged.agreement },
      { ...sealed.mailbox, ...forged },
    ]) {
      const lied: SealedCase = { ...sealed, mailbox };
      const opened = await openKeys(lied, keys);
      await expect(requireStatement(lied, opened)).rejects.toThrow(VaultError);
      await expect(sealReply(lied, opened, keys.signing, 'x')).rejects.toThrow(VaultError);
    }
  });

  it('do not make a case whose first epoch staff signed out of a whole one', async () => {
    const whole = await complaint();
    const part = await split(ana, whole);
    const keys = await ben.keys();
    const { sealed } = await fetchSealed(ben.client, part.id, keys);
    const opened = await openKeys({ ...sealed, isPart: false }, keys);
    expect(opened.chains.has('case')).toBe(false);
    expect(opened.epochs.size).toBe(0);
  });

  it('are not the person’s to use where the part was not begun on their case', async () => {
    const [first, second] = [await complaint(), await complaint()];
    const part = await split(ana, first);
    const keys = await ben.keys();
    const { sealed } = await fetchSealed(ben.client, part.id, keys);
    const begun = async (whole: LodgedCase): Promise<number> => {
      const { opened } = await fetchSealed(ben.client, whole.id, keys);
      return (await openKeys(sealed, keys, opened)).epochs.size;
    };
    expect([await begun(first), await begun(second)]).toEqual([1, 0]);
  });

  it('are not written under where others read than this officer knows of', async () => {
    const part = await split(ana, await complaint());
    const keys = await ben.keys();
    const { sealed } = await fetchSealed(ben.client, part.id, keys);
    const opened = await openKeys(sealed, { agreement: keys.agreement, agency: keys.agency });
    const stranger = { ...opened, own: { ...opened.own, agency: new Map() } };
    await expect(sealReply(sealed, stranger, keys.signing, 'x')).rejects.toThrow(ReadersUnknown);
  });
});

describe('a part that was handed to another agency', () => {
  it('tells its officers nothing of the whole beyond the excerpt', async () => {
    const whole = await complaint('Sentinel: my boss, and my neighbour');
    const keys = await ana.keys();
    const { sealed, opened } = await fetchSealed(ana.client, whole.id, keys);
    const note = await sealNote(sealed, opened, keys.signing, 'Sentinel note');
    await ana.client.post(`/staff/api/cases/${whole.id}/notes`, note);
    const leave = (left: string) => (all: Parameters<NonNullable<Parameters<typeof split>[2]>>[0]) =>
      all.map(({ item }) => ({ item, left: { whatHappened: left } }));
    const part = await split(ana, whole, leave('my neighbour'));
    const sibling = await split(ana, whole, leave('my boss'));
    const ofPart = await fetchSealed(ana.client, part.id, keys);
    const partNote = await sealNote(ofPart.sealed, ofPart.opened, keys.signing, 'Sentinel note of the part');
    await ana.client.post(`/staff/api/cases/${part.id}/notes`, partNote);
    await handOver(ana, other, part, whole);

    expect(await words(other, part)).toEqual([{ whatHappened: 'my neighbour' }, { text: 'This is yours, I think.' }]);
    const handed = await other.client.get(`/staff/api/cases/${part.id}`);
    const wholes = await desk.rows<{ id: string; jwe: string }>(
      'SELECT id, jwe FROM case_items WHERE case_id = ANY ($1)',
      [[whole.id, sibling.id]],
    );
    for (const { id, jwe } of wholes) {
      expect(handed.text).not.toContain(id);
      expect(handed.text).not.toContain(jwe);
    }
    expect(handed.text).not.toContain(whole.id);
    expect(handed.text).not.toContain(sibling.id);
    for (const { id } of [whole, sibling]) {
      for (const path of ['', '/close', '/split', '/link', '/reply']) {
        expect((await other.client.get(`/staff/cases/${id}${path}`)).status).toBe(404);
      }
      expect((await other.client.get(`/staff/api/cases/${id}`)).status).toBe(404);
    }
    // The reference of the whole is in the part's own; there is no way there, and nothing about its other part.
    const { text } = await other.client.get(`/staff/cases/${part.id}`);
    expect(text).toContain('This is part 1 of');
    for (const hint of [whole.id, sibling.id, `${whole.reference}/2`, 'Parts of this case', 'Sentinel']) {
      expect(text).not.toContain(hint);
    }
    const inbox = await other.client.get('/staff/inbox');
    expect(inbox.text).toContain(`${whole.reference}/1`);
    expect(inbox.text).not.toContain(`${whole.reference}/2`);
    // Who let go of the part cannot read on, and still has the whole.
    expect((await ana.client.get(`/staff/cases/${part.id}`)).status).toBe(404);
    const list = (await ana.client.get(`/staff/cases/${whole.id}`)).text;
    expect(list).toContain('Independent Police Conduct Authority');
    expect(list).not.toContain(`href="/staff/cases/${part.id}"`);
    const item = await sealedReply(other, part, 'We have it.');
    expect((await other.client.post(`/staff/api/cases/${part.id}/replies`, { item })).status).toBe(204);
  });

  it('has the hand-overs of its whole behind it, so that splitting is no way round the guard', async () => {
    const whole = await complaint();
    await handOver(ana, other, whole, whole);
    const part = await split(other, whole);
    expect((await propose(other, part, 'ombudsman')).answer.status).toBe(204);
    expect(await desk.rows('SELECT why FROM lead_reviews WHERE case_id = $1', [part.id])).toEqual([{ why: 'return' }]);
    const free = await split(other, whole);
    await handOver(other, third, free, whole);
    expect(await words(third, free)).toHaveLength(2);
    const owners = await desk.rows('SELECT agency_id FROM cases WHERE id = ANY ($1) ORDER BY 1', [
      [whole.id, part.id, free.id],
    ]);
    expect(owners).toEqual([{ agency_id: 'hdc' }, { agency_id: 'ipca' }, { agency_id: 'ipca' }]);
  });

  it('does not open a sealed item of the whole with the keys that came with it', async () => {
    const whole = await complaint();
    const part = await split(ana, whole);
    await handOver(ana, other, part, whole);
    const keys = await other.keys();
    const { opened } = await fetchSealed(other.client, part.id, keys);
    const { sealed } = await fetchSealed(ana.client, whole.id, await ana.keys());
    const all = await openKeys(sealed, keys);
    expect(all.epochs.size).toBe(0);
    for (const item of sealed.items) {
      expect((await readItem(whole.id, item, { ...all, epochs: opened.epochs })).content).toBeNull();
    }
  });
});

describe('a whole with parts', () => {
  it('can be closed when all its parts are, in whatever order things are done, and only then', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'split' } as const),
      fc.record({ kind: fc.constantFrom('close', 'reopen'), at: fc.nat({ max: 3 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
        const whole = await complaint();
        const cases: { of: AnyCase; open: boolean }[] = [{ of: whole, open: true }];
        for (const one of steps) {
          const [top] = cases;
          if (!top) throw new Error('There is a whole.');
          if (one.kind === 'split') {
            const part = await sealedPart(ana, whole);
            const { status } = await sendPart(ana, whole, part);
            expect(status).toBe(top.open ? 204 : 409);
            if (status === 204) cases.push({ of: { id: part.part }, open: true });
            continue;
          }
          const at = cases[one.at % cases.length];
          if (!at) continue;
          if (one.kind === 'reopen') {
            const { status } = await ana.client.submit(`/staff/cases/${at.of.id}/reopen`);
            const mayBe = !at.open && (at === top || top.open);
            expect(status).toBe(mayBe ? 303 : 409);
            at.open ||= mayBe;
          } else {
            const { status } = await close(ana, at.of);
            const mayBe = at.open && (at !== top || cases.slice(1).every((part) => !part.open));
            expect(status).toBe(mayBe ? 204 : 409);
            at.open &&= !mayBe;
          }
          expect(await overOpenPart()).toEqual([]);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('is not closed over a part that is taken up again at the same moment', async () => {
    for (let time = 0; time < 3; time++) {
      const whole = await complaint();
      const part = await split(ana, whole);
      expect((await close(ana, part)).status).toBe(204);
      const item = await sealedReply(ana, whole, 'All done.');
      const answers = await atOnce(desk, whole.id, [
        () => ana.client.post(`/staff/api/cases/${whole.id}/closing`, { outcome: 'upheld', item }),
        () => ben.client.submit(`/staff/cases/${part.id}/reopen`),
      ]);
      expect(answers.map(({ status }) => status).sort()).toContain(409);
      expect(await overOpenPart()).toEqual([]);
    }
  });

  it('says on its page why it cannot be closed yet', async () => {
    const whole = await complaint();
    const part = await split(ana, whole);
    const { text } = await ana.client.get(`/staff/cases/${whole.id}/close`);
    expect(text).toContain('A part of this case is still open');
    expect(text).not.toContain('id="close"');
    await close(ana, part, 'not_upheld');
    expect((await ana.client.get(`/staff/cases/${whole.id}/close`)).text).toContain('id="close"');
    expect((await ana.client.get(`/staff/cases/${whole.id}`)).text).toContain('We do not agree with the complaint');
  });
});

function overOpenPart(): Promise<unknown[]> {
  return desk.rows(
    `SELECT 1 FROM cases w JOIN cases p ON p.whole_id = w.id WHERE w.status = 'closed' AND p.status <> 'closed'`,
  );
}

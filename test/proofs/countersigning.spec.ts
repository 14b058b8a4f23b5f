import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countersignedBy } from '../../src/cases/countersigning/countersigned-by.js';
import { openedLodgings, sealCountersignature } from '../../src/cases/countersigning/seal-countersignature.js';
import type { ReadItem } from '../../src/cases/open-words.js';
import type { NewItem } from '../../src/cases/sealed-case.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { DeskClient, enrol, holdCeremony, startDesk, type Answer, type Desk } from '../cases/desk.js';
import { fetchSealed, lodge, readAll, unlock, type LodgedCase } from '../cases/sealed-cases.js';

let desk: Desk;
let ana: { who: EnrolledStaffMember; client: DeskClient };
let ben: { who: EnrolledStaffMember; client: DeskClient };
let cyd: { who: EnrolledStaffMember; client: DeskClient };
let other: DeskClient;

beforeAll(async () => {
  desk = await startDesk();
  const at = async (agency: string) => {
    const who = await enrol(desk, agency, ['officer', 'disclosure_officer']);
    return { who, client: await DeskClient.of(desk, who) };
  };
  ana = await at('msd');
  ben = await at('msd');
  cyd = await at('msd');
  await holdCeremony(desk, ana.who);
  other = (await at('acc')).client;
});
afterAll(async () => {
  await desk.close();
});

const compare = (by: DeskClient, id: string, commitments: readonly string[]): Promise<Answer> =>
  by.post(`/staff/api/cases/${id}/lodging`, { commitments });
const sign = (by: DeskClient, id: string, item: NewItem): Promise<Answer> =>
  by.post(`/staff/api/cases/${id}/countersignature`, { item });
const isStored = async (by: DeskClient, id: string, item: NewItem): Promise<unknown> =>
  ((await sign(by, id, item)).json() as { stored: unknown }).stored;
const events = (id: string) =>
  desk.rows(`SELECT kind FROM case_events WHERE case_id = $1 AND kind = 'commitment_differs'`, [id]);
const signed = async (id: string): Promise<string[]> => {
  const rows = await desk.rows<{ id: string }>(
    `SELECT id FROM case_items WHERE case_id = $1 AND kind = 'countersignature' ORDER BY position`,
    [id],
  );
  return rows.map((row) => row.id);
};
const audited = (id: string) =>
  desk.rows(
    `SELECT action, happened_at FROM audit_entries WHERE case_id = $1 AND action LIKE 'case.co%' ORDER BY action`,
    [id],
  );

/** What an officer's browser has once it opened a case, and signs over it. */
async function atHand(by: typeof ana, { id }: LodgedCase) {
  const keys = await unlock(by.client, by.who);
  const { sealed, opened } = await fetchSealed(by.client, id, keys);
  const items = await readAll(sealed, opened);
  const lodgings = await openedLodgings(items, sealed.lodgedWith ?? { receiver: '', day: '' });
  const [first] = lodgings;
  if (!first) throw new Error('The statement does not open.');
  const seal = (): Promise<NewItem> => sealCountersignature(sealed, opened, keys.signing, first, todayInAuckland());
  return { sealed, items, first, commitments: lodgings.map(({ commitment }) => commitment), seal };
}

describe.each(['complaint', 'disclosure'] as const)('a %s that is opened', (path) => {
  let lodged: LodgedCase;
  beforeAll(async () => {
    lodged = await lodge(desk, { agencyId: 'msd', path });
  });

  it('is compared with what was promised, receiver and day included, and countersigned once by each officer', async () => {
    const { commitments, seal } = await atHand(ana, lodged);
    const { commitment } = lodged.lodging.submission.sealed;
    expect(commitments[0]).toBe(commitment);
    expect((await compare(ana.client, lodged.id, commitments)).json()).toEqual({ lodged: commitment, kept: true });
    const item = await seal();
    expect(await isStored(ana.client, lodged.id, item)).toBe(true);
    // Sent again, and once more by the same officer: the first one stands.
    expect(await isStored(ana.client, lodged.id, item)).toBe(true);
    expect(await isStored(ana.client, lodged.id, await (await atHand(ana, lodged)).seal())).toBe(false);
    expect(await signed(lodged.id)).toEqual([item.id]);
    expect(await audited(lodged.id)).toEqual([{ action: 'case.countersigned', happened_at: null }]);
    expect(await events(lodged.id)).toEqual([]);
    // Whoever reads the database finds no commitment beside the case.
    expect(JSON.stringify(await desk.rows('SELECT * FROM case_items WHERE case_id = $1', [lodged.id]))).not.toContain(
      commitment,
    );
  });

  it('is countersigned by a colleague too, where the first one does not verify', async () => {
    const { sealed, items, first, seal } = await atHand(ben, lodged);
    expect(await countersignedBy(items, first, sealed.staffSigning)).toHaveLength(1);
    const item = await seal();
    expect(await isStored(ben.client, lodged.id, item)).toBe(true);
    expect(await signed(lodged.id)).toHaveLength(2);
    const both = await atHand(ana, lodged);
    const of = (id: string) => both.items.find((one) => one.id === id);
    const broken = both.items.map((one) =>
      one.kind === 'countersignature' && one.id !== item.id ? { ...one, content: { countersignature: 'x' } } : one,
    );
    const found = await countersignedBy(broken, both.first, both.sealed.staffSigning);
    expect(found.map(({ signature }) => signature)).toEqual([of(item.id)?.content?.countersignature]);
    // Over other words it is none.
    const other = await openedLodgings(items, { receiver: 'acc', day: todayInAuckland() });
    expect(other[0] && (await countersignedBy(both.items, other[0], both.sealed.staffSigning))).toEqual([]);
  });

  it('is countersigned by no more than eight', async () => {
    await desk.rows(
      `INSERT INTO case_items (id, case_id, key, epoch, kind, author, staff_id, jwe, made_on, position)
       SELECT gen_random_uuid(), $1, 'case', 1, 'countersignature', 'agency', gen_random_uuid(), '', now(), 100 + n
         FROM generate_series(1, 6) AS n`,
      [lodged.id],
    );
    expect(await isStored(cyd.client, lodged.id, await (await atHand(cyd, lodged)).seal())).toBe(false);
    expect(await signed(lodged.id)).toHaveLength(8);
    await desk.rows(`DELETE FROM case_items WHERE case_id = $1 AND position > 100`, [lodged.id]);
  });

  it('is not there for whoever may not read it', async () => {
    const { commitments, seal } = await atHand(ana, lodged);
    expect((await compare(other, lodged.id, commitments)).status).toBe(404);
    expect((await sign(other, lodged.id, await seal())).status).toBe(404);
  });
});

describe('what an officer opened and was not promised', () => {
  const changed: Record<string, (items: readonly ReadItem[]) => ReadItem[]> = {
    'in another wording': (items) =>
      items.map((item) =>
        item.kind === 'statement' ? { ...item, content: { ...item.content, whatHappened: 'x' } } : item,
      ),
    'with another name': (items) =>
      items.map((item) =>
        item.kind === 'statement' ? { ...item, content: { ...item.content, others: ['A'.repeat(43)] } } : item,
      ),
  };

  it('is not countersigned: it is shown, recorded and told to the person, once', async () => {
    for (const change of Object.values(changed)) {
      const lodged = await lodge(desk, { agencyId: 'msd', path: 'complaint' });
      const { items } = await atHand(ana, lodged);
      const wrong = await openedLodgings(change(items), { receiver: 'msd', day: todayInAuckland() });
      const commitments = wrong.map(({ commitment }) => commitment);
      for (let times = 0; times < 2; times++) {
        expect((await compare(ana.client, lodged.id, commitments)).json()).toEqual({ lodged: null, kept: true });
      }
      expect(await events(lodged.id)).toHaveLength(1);
      expect(await audited(lodged.id)).toEqual([{ action: 'case.commitment_differs', happened_at: null }]);
    }
  });

  it('is found out also where it is the receiver or the day that the server names wrongly', async () => {
    const lodged = await lodge(desk, { agencyId: 'msd', path: 'complaint' });
    const { items } = await atHand(ana, lodged);
    for (const lodgedWith of [
      { receiver: 'acc', day: todayInAuckland() },
      { receiver: 'msd', day: '2026-01-01' },
    ]) {
      const wrong = await openedLodgings(items, lodgedWith);
      const commitments = wrong.map(({ commitment }) => commitment);
      expect((await compare(ana.client, lodged.id, commitments)).json()).toEqual({ lodged: null, kept: true });
    }
  });

  it('is not said to differ where it came before commitments were kept, for that nobody can say', async () => {
    const lodged = await lodge(desk, { agencyId: 'msd', path: 'complaint' });
    await desk.rows(`UPDATE cases SET lodged_on = lodged_on - 1 WHERE id = $1`, [lodged.id]);
    const answer = await compare(ana.client, lodged.id, ['A'.repeat(43)]);
    expect(answer.json()).toEqual({ lodged: null, kept: false });
    expect([await events(lodged.id), await audited(lodged.id)]).toEqual([[], []]);
  });

  it('is compared by what it is: nothing else is taken', async () => {
    const lodged = await lodge(desk, { agencyId: 'msd', path: 'complaint' });
    expect((await compare(ana.client, lodged.id, ['A'])).status).toBe(422);
    const note = { id: crypto.randomUUID(), jwe: 'AA..AA.AA.AA' };
    expect((await sign(ana.client, lodged.id, note)).status).toBe(422);
  });
});

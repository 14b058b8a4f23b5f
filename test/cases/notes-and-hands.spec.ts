import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { sealNote } from '../../src/cases/seal-words.js';
import { atOnce, enrol, holdCeremony, renewKey, startDesk, DeskClient, type Desk } from './desk.js';
import { fetchSealed, lodge, unlock, wordsOf, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let cas: EnrolledStaffMember;
let anas: DeskClient;
let bens: DeskClient;

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  ben = await enrol(desk, 'ombudsman', ['lead', 'disclosure_officer']);
  cas = await enrol(desk, 'ombudsman', ['officer']);
  await holdCeremony(desk, ana);
  anas = await DeskClient.of(desk, ana);
  bens = await DeskClient.of(desk, ben);
});

afterAll(async () => {
  await desk.close();
});

const complaint = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
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

describe('noting', () => {
  const note = async (client: DeskClient, who: EnrolledStaffMember, id: string, text: string) => {
    const keys = await unlock(client, who);
    const { sealed, opened } = await fetchSealed(client, id, keys);
    return sealNote(sealed, opened, keys.signing, text);
  };

  it.each(['complaint', 'disclosure'] as const)(
    'on a %s is read by colleagues on the case and never granted to the mailbox',
    async (path) => {
      const lodged = path === 'complaint' ? await complaint() : await disclosure();
      expect(
        (await anas.post(`/staff/api/cases/${lodged.id}/notes`, await note(anas, ana, lodged.id, 'First'))).status,
      ).toBe(204);
      expect(
        (await bens.post(`/staff/api/cases/${lodged.id}/notes`, await note(bens, ben, lodged.id, 'Second'))).status,
      ).toBe(204);
      for (const [client, who] of [
        [anas, ana],
        [bens, ben],
      ] as const) {
        const words = await wordsOf(client, lodged.id, await unlock(client, who));
        expect(words.filter(([kind]) => kind === 'note')).toEqual([
          ['note', { text: 'First' }],
          ['note', { text: 'Second' }],
        ]);
      }
      const grants = await desk.rows<{ reader: string }>(
        `SELECT reader FROM case_grants WHERE case_id = $1 AND key = 'desk'`,
        [lodged.id],
      );
      // Of a disclosure two officers and the recovery key on paper.
      expect(grants).toHaveLength(path === 'complaint' ? 1 : 3);
      expect(grants.map(({ reader }) => reader)).not.toContain(lodged.lodging.submission.mailbox.agreement.kid);
      expect(await actions(lodged.id)).toEqual(expect.arrayContaining(['case.noted', 'case.noted']));
      expect(await desk.rows(`SELECT 1 FROM outbox WHERE case_id = $1 AND name = 'tell_person'`, [lodged.id])).toEqual(
        [],
      );
    },
  );

  it('on an older complaint is read by those who read the complaint, when the agency has renewed its key', async () => {
    const { id, lodging } = await complaint();
    await renewKey(desk, ana);
    const sent = await note(anas, ana, id, 'After');
    expect(sent.desk?.grants.map(({ reader }) => reader)).toEqual(
      lodging.submission.grants
        .filter(({ key, reader }) => key === 'case' && reader !== lodging.submission.mailbox.agreement.kid)
        .map(({ reader }) => reader),
    );
    expect((await anas.post(`/staff/api/cases/${id}/notes`, sent)).status).toBe(204);
    expect((await wordsOf(bens, id, await unlock(bens, ben))).slice(2)).toEqual([['note', { text: 'After' }]]);
  });

  it('begins the desk key once when two begin it at the same time, and the second seals again under the first', async () => {
    const { id } = await complaint();
    const path = `/staff/api/cases/${id}/notes`;
    const [fromAna, fromBen] = [await note(anas, ana, id, 'A'), await note(bens, ben, id, 'B')];
    const answers = await atOnce(desk, id, [() => anas.post(path, fromAna), () => bens.post(path, fromBen)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const loser = answers[0]?.status === 409 ? ([anas, ana, 'A'] as const) : ([bens, ben, 'B'] as const);
    expect(answers.find(({ status }) => status === 409)?.json()).toMatchObject({ code: 'desk_begun' });
    expect((await loser[0].post(path, await note(loser[0], loser[1], id, loser[2]))).status).toBe(204);
    const words = await wordsOf(anas, id, await unlock(anas, ana));
    expect(
      words
        .slice(2)
        .map(([, content]) => content?.text)
        .sort(),
    ).toEqual(['A', 'B']);
    expect(await desk.rows(`SELECT 1 FROM case_epochs WHERE case_id = $1 AND key = 'desk'`, [id])).toHaveLength(1);
  });

  it('does not begin a desk key for other readers, in another name or without grants', async () => {
    const lodged = await complaint();
    const path = `/staff/api/cases/${lodged.id}/notes`;
    const { item, desk: begun } = await note(anas, ana, lodged.id, 'N');
    const grants = begun?.grants ?? [];
    const mailbox = lodged.lodging.submission.mailbox.agreement.kid;
    const tries = [
      { ...begun, grants: [...grants, ...grants] },
      { ...begun, grants: [] },
      { ...begun, grants: grants.map(({ jwe }) => ({ jwe, reader: mailbox })) },
      { ...begun, record: lodged.lodging.submission.sealed.epochs[0]?.record },
    ];
    for (const wrong of tries) expect((await anas.post(path, { item, desk: wrong })).status).toBe(422);
    expect((await bens.post(path, { item, desk: begun })).status).toBe(422);
    expect((await anas.post(path, { item })).status).toBe(409);
    expect(await desk.rows(`SELECT 1 FROM case_epochs WHERE case_id = $1 AND key = 'desk'`, [lodged.id])).toEqual([]);
    expect((await anas.post(path, { item, desk: begun })).status).toBe(204);
  });

  it('is not sealed for a reader whom the server slips in', async () => {
    const { id } = await complaint();
    const keys = await unlock(anas, ana);
    const { sealed, opened } = await fetchSealed(anas, id, keys);
    const slipped = {
      ...sealed,
      deskReaders: [...sealed.deskReaders, { kid: ben.agreement.kid, jwk: ben.agreement.jwk }],
    };
    await expect(sealNote(slipped, opened, keys.signing, 'N')).rejects.toThrow('cannot be opened');
    const mailbox = { ...sealed, deskReaders: [{ kid: 'x', jwk: sealed.mailbox.agreement }] };
    await expect(sealNote(mailbox, opened, keys.signing, 'N')).rejects.toThrow('cannot be opened');
  });
});

describe('assigning', () => {
  const holder = async (id: string): Promise<unknown> =>
    (await desk.rows<{ assigned_to: string | null }>('SELECT assigned_to FROM cases WHERE id = $1', [id]))[0]
      ?.assigned_to;

  it('gives a case to a colleague who may read it', async () => {
    const { id } = await complaint();
    const to = ben.actor.staffId;
    const answer = await anas.submit(`/staff/cases/${id}/assign`, { to, heldBy: '' });
    expect([answer.status, answer.location]).toEqual([303, `/staff/cases/${id}`]);
    expect(await holder(id)).toBe(to);
    expect(await actions(id)).toEqual(['case.assigned']);
    expect((await bens.get('/staff/inbox?holder=mine')).text).toContain(id);
    expect((await bens.get('/staff/inbox?holder=unassigned')).text).not.toContain(id);
  });

  it('gives a disclosure to nobody who may not read it, and does not offer them', async () => {
    const { id } = await disclosure();
    const answer = await anas.submit(`/staff/cases/${id}/assign`, { to: cas.actor.staffId, heldBy: '' });
    expect(answer.status).toBe(422);
    expect(await holder(id)).toBeNull();
    const { text } = await anas.get(`/staff/cases/${id}/assign`);
    expect(text).toContain(ben.actor.staffId);
    expect(text).not.toContain(cas.actor.staffId);
  });

  it('gives a case that two take at the same time to one of them', async () => {
    const { id } = await complaint();
    const take = (client: DeskClient) => () => client.submit(`/staff/cases/${id}/take`, { heldBy: '' });
    const answers = await atOnce(desk, id, [anas, bens].map(take));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(await events(id, 'assigned')).toBe(1);
  });
});

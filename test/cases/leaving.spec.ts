import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { makeAgencyKey } from '../../src/agencies/make-agency-key.js';
import { releaseCases } from '../../src/cases/leaving/end-membership.js';
import { sealRenewal } from '../../src/cases/leaving/seal-renewal.js';
import type { StaleDisclosures } from '../../src/cases/leaving/stale-disclosures.js';
import { readItem } from '../../src/cases/open-words.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { readEpochRecord } from '../../src/vault/epochs.js';
import { enrol, holdCeremony, startDesk, SYSTEM, DeskClient, type Desk } from './desk.js';
import { fetchSealed, lodge, unlock, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let leaver: EnrolledStaffMember;
let anas: DeskClient;
let admins: DeskClient;
let leavers: DeskClient;
let first: LodgedCase;
let second: LodgedCase;

beforeAll(async () => {
  desk = await startDesk();
  ana = await enrol(desk, 'ombudsman', ['lead', 'disclosure_officer']);
  ben = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  leaver = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  const admin = await enrol(desk, 'ombudsman', ['admin']);
  await holdCeremony(desk, ana);
  anas = await DeskClient.of(desk, ana);
  admins = await DeskClient.of(desk, admin);
  leavers = await DeskClient.of(desk, leaver);
  first = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'Before' });
  second = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
});

afterAll(async () => {
  await desk.close();
});

const leave = ({ actor }: EnrolledStaffMember): string => `/staff/people/${actor.staffId}/leave`;
const stale = (client: DeskClient): Promise<StaleDisclosures> => client.given('/staff/api/stale-disclosures');

async function renewal(by: EnrolledStaffMember, client: DeskClient, id: string): Promise<object> {
  const keys = await unlock(client, by);
  const { sealed, opened } = await fetchSealed(client, id, keys);
  return { epoch: await sealRenewal(sealed, opened, keys.signing) };
}

describe('somebody who leaves', () => {
  it('is seen off by an administrator or a lead of the same agency, and by nobody else', async () => {
    const stranger = await DeskClient.of(desk, await enrol(desk, 'ipca', ['admin']));
    const bens = await DeskClient.of(desk, ben);
    for (const client of [stranger, bens, leavers]) {
      expect((await client.get(leave(leaver))).status).toBe(404);
      expect((await client.submit(leave(leaver))).status).toBe(404);
    }
    expect((await anas.submit(leave(ana))).status).toBe(404);
    expect((await anas.get(leave(leaver))).text).toContain('That cannot be taken back.');
    expect((await leavers.get('/staff/keys')).status).toBe(200);
  });

  it('is out at once when it is a lead who ends it, who can do no more to a colleague', async () => {
    const other = await enrol(desk, 'ombudsman', ['officer']);
    const others = await DeskClient.of(desk, other);
    const asLead = (sql: string, values: unknown[] = []): Promise<unknown> =>
      desk.database.asActor(ana.actor, (manager) => manager.query(sql, values));
    const sessions = 'SELECT id FROM staff_sessions WHERE staff_id <> $1';
    expect((await others.get('/staff/keys')).status).toBe(200);
    expect(await asLead(sessions, [ana.actor.staffId])).toEqual([]);
    expect((await anas.submit(leave(other))).location).toBe('/staff/keys');
    expect((await others.get('/staff/keys')).location).toContain('/staff/sign-in');
    const active = (value: boolean, of: string): Promise<unknown> =>
      asLead('UPDATE staff SET active = $1 WHERE id = $2', [value, of]);
    await expect(active(true, other.actor.staffId)).rejects.toThrow('row-level security');
    await expect(active(true, ben.actor.staffId)).rejects.toThrow('row-level security');
    const [admin] = await desk.rows<{ id: string }>(`SELECT id FROM staff WHERE 'admin' = ANY (roles) LIMIT 1`);
    expect(await active(false, admin?.id ?? '')).toEqual([[], 0]);
    await desk.rows('DELETE FROM outbox');
  });

  it('is out at once: their session, their place in every list, and the cases they had', async () => {
    const complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    expect((await leavers.submit(`/staff/cases/${complaint.id}/take`, { heldBy: '' })).status).toBe(303);
    expect((await anas.get('/staff/inbox')).text).not.toContain('id="task-key"');
    expect(await stale(anas)).toEqual({ count: 0, ids: [] });

    expect((await admins.submit(leave(leaver))).location).toBe('/staff/people');
    expect((await leavers.get('/staff/keys')).location).toContain('/staff/sign-in');
    expect((await admins.submit(leave(leaver))).status).toBe(303);
    expect((await admins.get('/staff/people')).text).not.toContain(leaver.actor.displayName);
    const promised = await desk.rows(`SELECT 1 FROM outbox WHERE name = 'release_cases'`);
    expect(promised).toHaveLength(1);
    await desk.database.asActor(SYSTEM, releaseCases);
    const held = await desk.rows('SELECT assigned_to FROM cases WHERE id = $1', [complaint.id]);
    expect(held).toEqual([{ assigned_to: null }]);
    const later = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const grants = await desk.rows<{ reader: string }>('SELECT reader FROM case_grants WHERE case_id = $1', [later.id]);
    expect(grants.map(({ reader }) => reader)).not.toContain(leaver.agreement.kid);
  });

  it('leaves an open task until the complaints key is renewed by who holds it, and old cases stay readable', async () => {
    const old = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint', says: 'Sealed to the old key' });
    const inbox = await anas.get('/staff/inbox');
    expect(inbox.text).toContain('id="task-key"');
    expect(inbox.text).toContain(leaver.actor.displayName);
    const keys = desk.app.get(AgencyKeysService, { strict: false });
    const { kid, renewal: due } = await keys.state(ana.actor);
    expect(due).toMatchObject({ why: 'left', left: [leaver.actor.displayName] });
    const made = await makeAgencyKey(await keys.recipients(ana.actor));
    const renew = (client: DeskClient) => client.post(`/staff/api/keys/${kid ?? ''}/renewal`, made);
    const bens = await DeskClient.of(desk, ben);
    // He was granted it and has not opened it.
    expect((await renew(bens)).status).toBe(404);
    expect((await renew(anas)).status).toBe(204);
    expect((await renew(anas)).status).toBe(409);
    await desk.app.get(KeyLogKeeper).runOnce();

    expect((await anas.get('/staff/inbox')).text).not.toContain('id="task-key"');
    const fresh = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const readers = await desk.rows<{ reader: string }>(
      `SELECT reader FROM case_grants WHERE case_id = $1 AND key = 'case'`,
      [fresh.id],
    );
    expect(readers.map(({ reader }) => reader)).toContain(made.kid);
    expect(readers.map(({ reader }) => reader)).not.toContain(kid);
    const held = await unlock(anas, ana);
    const { sealed, opened } = await fetchSealed(anas, old.id, held);
    const [statement] = sealed.items;
    if (!statement) throw new Error('There is no statement.');
    expect((await readItem(old.id, statement, opened)).content).toMatchObject({
      whatHappened: 'Sealed to the old key',
    });
  });

  it('opens nothing of a disclosure that comes after those who stay have begun its next epoch', async () => {
    expect((await anas.get('/staff/disclosures')).text).toContain('id="task-disclosures"');
    const { count, ids } = await stale(anas);
    expect([count, [...ids].sort()]).toEqual([2, [first.id, second.id].sort()]);
    // Half done and left: whoever goes on finds the rest.
    for (const id of [first.id, second.id]) {
      const sent = await renewal(ana, anas, id);
      const begun = await anas.post(`/staff/api/cases/${id}/renewal`, sent);
      expect([begun.status, begun.text]).toEqual([204, '']);
      expect((await anas.post(`/staff/api/cases/${id}/renewal`, sent)).status).toBe(409);
      expect((await stale(anas)).ids).not.toContain(id);
    }
    expect((await anas.get('/staff/disclosures')).text).not.toContain('id="task-disclosures"');

    const keys = await unlock(anas, ana);
    const { sealed, opened } = await fetchSealed(anas, first.id, keys);
    const reply = await sealReply(sealed, opened, keys.signing, 'After');
    expect((await anas.post(`/staff/api/cases/${first.id}/replies`, { item: reply })).status).toBe(204);
    const note = await sealNote(sealed, opened, keys.signing, 'To ourselves');
    expect((await anas.post(`/staff/api/cases/${first.id}/notes`, note)).status).toBe(204);
    const after = await desk.rows<{ reader: string }>(
      `SELECT DISTINCT reader FROM case_grants WHERE case_id = $1 AND (key, epoch) IN (('case', 2), ('desk', 1))`,
      [first.id],
    );
    const { recovery } = await desk.app.get(AgencyKeysService, { strict: false }).state(ana.actor);
    const { mailbox } = first.lodging.submission;
    expect(after.map(({ reader }) => reader).sort()).toEqual(
      [ana.agreement.kid, ben.agreement.kid, recovery.disclosures?.kid ?? '', mailbox.agreement.kid].sort(),
    );
    // The person knows all of them, and need not be asked: they named them when they lodged.
    const { readers: named } = readEpochRecord(first.lodging.submission.sealed.epochs[0]?.record);
    expect(named).toEqual(expect.arrayContaining(after.map(({ reader }) => reader)));
  });

  it('is taken in by nobody: an epoch for others than those who stay is refused', async () => {
    const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    const keys = await unlock(anas, ana);
    const { sealed, opened } = await fetchSealed(anas, lodged.id, keys);
    const fewer = { ...sealed, deskReaders: sealed.deskReaders.filter(({ kid }) => kid !== ben.agreement.kid) };
    const answer = await anas.post(`/staff/api/cases/${lodged.id}/renewal`, {
      epoch: await sealRenewal(fewer, opened, keys.signing),
    });
    expect([answer.status, answer.json()]).toEqual([409, expect.objectContaining({ code: 'readers_changed' })]);
    const more = {
      ...sealed,
      deskReaders: [...sealed.deskReaders, { kid: leaver.agreement.kid, jwk: leaver.agreement.jwk }],
    };
    await expect(sealRenewal(more, opened, keys.signing)).rejects.toMatchObject({ code: 'cannot_open' });
    const complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
    const sent = await renewal(ana, anas, complaint.id);
    expect((await anas.post(`/staff/api/cases/${complaint.id}/renewal`, sent)).status).toBe(404);
  });
});

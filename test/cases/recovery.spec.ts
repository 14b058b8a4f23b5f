import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { makeRecoveryTest, passRecoveryTest, type RecoveryTest } from '../../src/agencies/make-recovery-key.js';
import {
  grantAgencyKeysAgain,
  grantDisclosureAgain,
  type RecoveryAtHand,
} from '../../src/agencies/recovery-at-hand.js';
import type { DisclosuresOnPaper } from '../../src/cases/recovery/recover-disclosures.js';
import { sealReply } from '../../src/cases/seal-words.js';
import { holdCeremony, type PrintedShares } from '../../src/demo/hold-ceremony.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { signKeyStatement } from '../../src/vault/key-statements.js';
import { importPrivateKey, type PrivateJwk } from '../../src/vault/keys.js';
import { combineShares } from '../../src/vault/recovery-shares.js';
import { DeskClient, enrol, startDesk, type Desk } from './desk.js';
import { fetchSealed, lodge, unlock, wordsOf, type LodgedCase } from './sealed-cases.js';

let desk: Desk;
let printed: PrintedShares;
let ana: EnrolledStaffMember;
let ben: EnrolledStaffMember;
let anas: DeskClient;
let bens: DeskClient;
let complaint: LodgedCase;
let disclosure: LodgedCase;

beforeAll(async () => {
  desk = await startDesk();
  const gone = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  printed = await holdCeremony(desk.app, [gone]);
  complaint = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint', says: 'A complaint' });
  disclosure = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'A disclosure' });
  // Everybody who held a key is gone. Two others come.
  await desk.rows('UPDATE staff SET active = false WHERE id = $1', [gone.actor.staffId]);
  ana = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  ben = await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']);
  anas = await DeskClient.of(desk, ana);
  bens = await DeskClient.of(desk, ben);
});

afterAll(async () => {
  await desk.close();
});

const state = () => desk.app.get(AgencyKeysService, { strict: false }).state(ana.actor);

async function keyOf(purpose: 'complaints' | 'disclosures'): Promise<{ kid: string; privateJwk: PrivateJwk }> {
  const key = (await state()).recovery[purpose];
  const [first, , third] = printed[purpose] ?? [];
  if (!key || first === undefined || third === undefined) throw new Error('There is no kit.');
  return { kid: key.kid, privateJwk: await combineShares([third, first], key) };
}

async function says(
  who: EnrolledStaffMember,
  key: string,
  said: 'drilled' | 'recovers',
  to?: readonly EnrolledStaffMember[],
): Promise<string> {
  const signer = await importPrivateKey(who.signing.privateJwk, 'signing');
  const kids = to && { to: to.map(({ agreement }) => agreement.kid) };
  return signKeyStatement({ agency: 'ombudsman', key, said, day: (await state()).today, signer, ...kids });
}

/** Asks for a recovery and has it agreed to. @returns its path */
async function agreed(kid: string, to: readonly EnrolledStaffMember[]): Promise<string> {
  expect(
    (await anas.post('/staff/api/recoveries', { kid, statement: await says(ana, kid, 'recovers', to) })).status,
  ).toBe(204);
  const [row] = await desk.rows<{ id: string }>('SELECT id FROM recoveries ORDER BY asked_at DESC LIMIT 1');
  const path = `/staff/api/recoveries/${row?.id ?? ''}`;
  expect((await anas.get(path)).status).toBe(409);
  // Not by who asked, and not to anything else than what was asked.
  const confirm = async (client: DeskClient, who: EnrolledStaffMember, whom: readonly EnrolledStaffMember[]) =>
    (await client.post(`${path}/confirmation`, { statement: await says(who, kid, 'recovers', whom) })).status;
  expect(await confirm(anas, ana, to)).toBe(404);
  expect(await confirm(bens, ben, [ben])).toBe(422);
  expect(await confirm(bens, ben, to)).toBe(204);
  return path;
}

describe('a drill', () => {
  it('is passed by who opened what was sealed for it, once', async () => {
    const { kid, privateJwk } = await keyOf('complaints');
    await desk.rows('UPDATE recovery_keys SET drilled_on = current_date - 400');
    expect((await state()).drillDue.complaints).not.toBeNull();
    const path = `/staff/api/recovery-keys/${kid}`;
    const test = await anas.given<RecoveryTest>(`${path}/test`);
    const opened = await passRecoveryTest(test, privateJwk);
    const key = (await state()).recovery.complaints;
    if (!key) throw new Error('There is no kit.');
    const send = async (answer: string) =>
      (
        await anas.post(`${path}/drills`, {
          statement: await says(ana, kid, 'drilled'),
          opened: answer,
          test: await makeRecoveryTest(key),
        })
      ).status;
    expect(await send('A'.repeat(43))).toBe(422);
    expect(await send(opened)).toBe(204);
    // The next one is sealed anew: what opened this one opens no other.
    expect(await send(opened)).toBe(422);
    expect((await state()).drillDue.complaints).toBeNull();
    expect(await desk.rows('SELECT 1 FROM recovery_drills')).toHaveLength(1);
  });
});

describe('keys from paper', () => {
  it('give the complaints key again to whom two officers agreed on, and to nobody else', async () => {
    const { kid, privateJwk } = await keyOf('complaints');
    const stranger = await enrol(desk, 'ombudsman', ['disclosure_officer']);
    const wrong = await says(ana, kid, 'recovers', [stranger]);
    expect((await anas.post('/staff/api/recoveries', { kid, statement: wrong })).status).toBe(422);
    const path = await agreed(kid, [ana]);
    const grants = await grantAgencyKeysAgain(await bens.given<RecoveryAtHand>(path), privateJwk);
    const [grant] = grants;
    const toBen = { ...grant, staffId: ben.actor.staffId };
    expect((await bens.post(`${path}/agency-grants`, { grants: [toBen] })).status).toBe(404);
    expect((await bens.post(`${path}/agency-grants`, { grants })).status).toBe(204);
    const words = await wordsOf(anas, complaint.id, await unlock(anas, ana));
    expect(words[0]).toEqual(['statement', expect.objectContaining({ whatHappened: 'A complaint' })]);
    expect(await anas.given('/staff/api/keys/grants')).toHaveLength(1);
    expect(await bens.given('/staff/api/keys/grants')).toEqual([]);
  });

  it('give disclosures again, page by page, and never to who is kept out of one', async () => {
    const { kid, privateJwk } = await keyOf('disclosures');
    const walled = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
    await desk.rows(
      `INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on) VALUES (gen_random_uuid(), $1, $2, 'named', $3, now())`,
      [walled.id, ben.actor.staffId, ana.actor.staffId],
    );
    expect((await bens.get(`/staff/cases/${disclosure.id}`)).status).toBe(404);
    const path = await agreed(kid, [ana, ben]);
    const atHand = await anas.given<RecoveryAtHand>(path);
    const { disclosures, next } = await anas.given<DisclosuresOnPaper>(`${path}/disclosures`);
    expect([disclosures.map(({ id }) => id).sort(), next]).toEqual([[disclosure.id, walled.id].sort(), null]);
    for (const one of disclosures) {
      const grants = await grantDisclosureAgain(atHand, one, privateJwk);
      const everybody = await grantDisclosureAgain(atHand, { ...one, notTo: [] }, privateJwk);
      const refused = one.id === walled.id ? 404 : 204;
      expect((await anas.post(`${path}/disclosures/${one.id}`, { grants: everybody })).status).toBe(refused);
      expect((await anas.post(`${path}/disclosures/${one.id}`, { grants })).status).toBe(204);
    }
    const keys = await unlock(bens, ben);
    const words = await wordsOf(bens, disclosure.id, keys);
    expect(words[0]).toEqual(['statement', expect.objectContaining({ whatHappened: 'A disclosure' })]);
    const { sealed, opened } = await fetchSealed(bens, disclosure.id, keys);
    const item = await sealReply(sealed, opened, keys.signing, 'We read it again.');
    expect((await bens.post(`/staff/api/cases/${disclosure.id}/replies`, { item })).status).toBe(204);
    expect((await bens.get(`/staff/cases/${walled.id}`)).status).toBe(404);
  });

  it('are given by the two who agreed, and by no colleague who came later', async () => {
    const late = await DeskClient.of(desk, await enrol(desk, 'ombudsman', ['officer', 'disclosure_officer']));
    const [row] = await desk.rows<{ id: string }>(
      `SELECT r.id FROM recoveries r JOIN recovery_keys k ON k.kid = r.kid AND k.purpose = 'disclosures'`,
    );
    const path = `/staff/api/recoveries/${row?.id ?? ''}`;
    for (const client of [anas, bens]) expect((await client.get(`${path}/disclosures`)).status).toBe(200);
    for (const rest of ['', '/disclosures']) expect((await late.get(path + rest)).status).toBe(404);
    const { disclosures } = await anas.given<DisclosuresOnPaper>(`${path}/disclosures`);
    const found = disclosures.find(({ id }) => id === disclosure.id);
    const grants = found?.grants.map((grant) => ({ ...grant, reader: ana.agreement.kid, held: ana.agreement.kid }));
    expect((await late.post(`${path}/disclosures/${disclosure.id}`, { grants })).status).toBe(404);
    const page = '/staff/keys/recovery';
    expect((await anas.get(page)).text).toContain(`data-recover="${row?.id ?? ''}"`);
    const { text } = await late.get(page);
    expect(text).not.toContain('data-recover="');
    expect(text).toContain('Two officers have agreed.');
  });

  it('are given by no recovery of another agency, and by none that is a day old', async () => {
    const stranger = await DeskClient.of(desk, await enrol(desk, 'ipca', ['officer', 'disclosure_officer']));
    const [row] = await desk.rows<{ id: string }>('SELECT id FROM recoveries LIMIT 1');
    const path = `/staff/api/recoveries/${row?.id ?? ''}`;
    expect((await stranger.get(path)).status).toBe(404);
    expect((await anas.get(path)).status).toBe(200);
    await desk.rows(`UPDATE recoveries SET confirmed_at = now() - interval '25 hours'`);
    expect((await anas.get(path)).json()).toMatchObject({ code: 'not_confirmed' });
  });
});

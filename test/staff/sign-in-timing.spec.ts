import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { freshAddress } from '../support/fresh-address.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { enrol, StaffClient, startStaffApp, type StaffApp } from './staff-app.js';
import { effectSize } from './effect-size.js';

const TRIES = 2_000;

let staff: StaffApp;
let officer: EnrolledStaffMember;

beforeAll(async () => {
  staff = await startStaffApp();
  officer = await enrol(staff, 'ombudsman', ['officer']);
});

afterAll(async () => {
  await staff.close();
});

it('whether anybody has a name cannot be told from how long a wrong sign-in, or the question for a salt, takes', async () => {
  const client = await new StaffClient(staff.staffOrigin).begin();
  const timed = async (path: string, body: object, status: number): Promise<number> => {
    const began = performance.now();
    const answer = await client.post(path, body);
    await answer.arrayBuffer();
    const taken = performance.now() - began;
    expect(answer.status).toBe(status);
    return taken;
  };
  const signIns = { known: [] as number[], unknown: [] as number[] };
  const salts = { known: [] as number[], unknown: [] as number[] };
  const guess = (): object => ({ auth: randomBytes(32).toString('base64url'), code: '000000' });
  for (let n = 0; n < TRIES / 2; n++) {
    // What slows guessing down would answer before anything is looked up, so whoever tries has many addresses.
    if (n % 4 === 0) client.moveTo(freshAddress());
    // Side by side, so that whatever else the machine does falls on both.
    const sides = n % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
    for (const side of sides) {
      // What slows an account down forgets, as it would between tries on many days.
      await staff.owner.query('DELETE FROM slowed_tries');
      const username = side === 'known' ? officer.username : `nobody.${randomBytes(3).toString('hex')}`;
      signIns[side].push(await timed('/staff/api/sign-in', { username, ...guess() }, 401));
      if (n % 8 < 2) salts[side].push(await timed('/staff/api/sign-in/salt', { username }, 200));
    }
  }
  // Of two tries picked at random the known name's is the slower one in half of the cases, give or take. Where a name
  // nobody has costs one statement less, it is in four of five.
  expect(Math.abs(effectSize(signIns.known, signIns.unknown) - 0.5)).toBeLessThan(0.15);
  expect(Math.abs(effectSize(salts.known, salts.unknown) - 0.5)).toBeLessThan(0.2);
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database } from '../../config/database.js';
import { StaffSessions } from '../../src/staff/staff-sessions.js';
import { enrol, startStaffApp, type StaffApp } from './staff-app.js';

let staff: StaffApp;

beforeAll(async () => {
  staff = await startStaffApp({ PASSKEY_REQUIRED_FOR: 'disclosure_officer,admin' });
});

afterAll(async () => {
  await staff.close();
});

it('a role that needs a passkey counts only in a session that was opened with one', async () => {
  const { actor } = await enrol(staff, 'ombudsman', ['officer']);
  await staff.owner.query(`UPDATE staff SET roles = '{officer,disclosure_officer}' WHERE id = $1`, [actor.staffId]);
  const sessions = staff.app.get(StaffSessions);
  const rolesBy = async (method: 'passphrase' | 'passkey' | 'openid'): Promise<unknown> => {
    const token = await staff.app
      .get(Database)
      .asActor(actor, (manager) => sessions.open(manager, actor.staffId, method));
    const found = await sessions.resolve(token);
    return [found?.actor.roles, found?.actor.withheldRoles];
  };
  expect(await rolesBy('passkey')).toEqual([['officer', 'disclosure_officer'], []]);
  expect(await rolesBy('passphrase')).toEqual([['officer'], ['disclosure_officer']]);
  expect(await rolesBy('openid')).toEqual([['officer'], ['disclosure_officer']]);
});

import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { ownKeys } from './own-keys.js';
import type { OwnKeys } from './personal-key.js';
import type { Role } from './roles.js';
import type { SessionMethod } from './session-method.js';
import type { StaffActor } from './staff-actor.js';
import type { StaffSessions } from './staff-sessions.js';

/** An account, as far as whoever comes in by it is concerned. */
export interface Account {
  readonly id: string;
  readonly agency_id: string;
  readonly roles: Role[];
  readonly display_name: string;
}

/** What a successful sign-in gives: the cookie's token, and the person's keys as sealed in their own browser. */
export interface SignedIn {
  readonly token: string;
  readonly actor: StaffActor;
  readonly keys: OwnKeys;
}

/**
 * Opens a new session for a person who has just shown who they are, in the transaction that saw it. Its token is always a
 * new one, whatever the browser came with.
 *
 * @param replaces the token of an earlier session of this browser, which ends here
 */
export async function admit(
  manager: EntityManager,
  sessions: StaffSessions,
  account: Account,
  method: SessionMethod,
  replaces: string | undefined,
): Promise<SignedIn> {
  const actor: StaffActor = {
    kind: 'staff',
    staffId: account.id,
    agencyId: account.agency_id,
    roles: account.roles,
    displayName: account.display_name,
  };
  if (replaces !== undefined) await sessions.drop(manager, replaces);
  const token = await sessions.open(manager, account.id, method);
  const keys = await ownKeys(manager, account.id);
  await append(manager, { action: 'staff.signed_in', actor, subject: account.id });
  return { token, actor, keys };
}

import type { Role } from './roles.js';
import type { StaffActor } from './staff-actor.js';

/** Most ways in of one person. */
export const MOST_WAYS_IN = 10;

// What is not said here may not be done.

/**
 * Everybody may add and remove their own ways in. Whoever has a role that needs a passkey, and did not sign in with one, may
 * only add their first: whoever stole a passphrase must not make themselves another way in.
 */
export function mayChangeWaysIn(
  { withheldRoles = [] }: Pick<StaffActor, 'withheldRoles'>,
  { hasPasskey }: { readonly hasPasskey: boolean },
): boolean {
  return withheldRoles.length === 0 || !hasPasskey;
}

/**
 * Everybody may add a passphrase and a code who has none, unless one of their roles needs a passkey: as with joining, such a
 * person's keys are not to lie under what can be guessed.
 */
export function mayAddPassphrase(
  { roles, withheldRoles = [] }: Pick<StaffActor, 'roles' | 'withheldRoles'>,
  { passkeyRequiredFor }: { readonly passkeyRequiredFor: ReadonlySet<Role> },
): boolean {
  return withheldRoles.length === 0 && !roles.some((role) => passkeyRequiredFor.has(role));
}

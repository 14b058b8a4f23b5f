import { restsOn, type Role } from './roles.js';

/** How a session was opened. */
export type SessionMethod = 'passphrase' | 'passkey' | 'openid';

/** Whether what was typed or sent could not have been typed or sent to somebody else's page: an origin is part of it. */
export function isPhishingResistant(method: SessionMethod): boolean {
  return method === 'passkey';
}

/**
 * Which of a person's roles count in a session, and which do not since it was not opened with a passkey, or with what
 * their agency's own sign-in says is as good.
 *
 * @param required the roles that count only with one
 */
export function rolesIn(
  resistsPhishing: boolean,
  roles: readonly Role[],
  required: ReadonlySet<Role>,
): { readonly roles: readonly Role[]; readonly withheldRoles: readonly Role[] } {
  const withheld = resistsPhishing
    ? []
    : roles.filter((role) => required.has(role) || required.has(restsOn(role) ?? role));
  return { roles: roles.filter((role) => !withheld.includes(role)), withheldRoles: withheld };
}

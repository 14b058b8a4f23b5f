import type { Role } from './roles.js';

/** The signed-in person on whose behalf a request runs. */
export interface StaffActor {
  readonly kind: 'staff';
  readonly staffId: string;
  readonly agencyId: string;
  readonly roles: readonly Role[];
  /** Roles that the person has and that do not count now, since they did not sign in with a passkey. */
  readonly withheldRoles?: readonly Role[];
  readonly displayName: string;
}

/** The server itself, such as at first start. */
export interface SystemActor {
  readonly kind: 'system';
  readonly name: string;
}

import type { Role } from './roles.js';

/** The signed-in person on whose behalf a request runs. */
export interface StaffActor {
  readonly kind: 'staff';
  readonly staffId: string;
  readonly agencyId: string;
  readonly roles: readonly Role[];
  /** Roles that the person has and that do not count now, since they did not sign in with a passkey. */
  readonly withheldRoles?: readonly Role[];
  /** Roles among these that are lent to the person, and by whom. */
  readonly lent?: readonly LentRole[];
  readonly displayName: string;
  /** That colleagues are about to let in somebody as this person: its id. The person is told on every page. */
  readonly recovery?: string | null;
}

/** A role that a colleague lends for their absence. */
export interface LentRole {
  readonly role: Role;
  /** Id of whose role it is. */
  readonly from: string;
}

/** The server itself, such as at first start. */
export interface SystemActor {
  readonly kind: 'system';
  readonly name: string;
}

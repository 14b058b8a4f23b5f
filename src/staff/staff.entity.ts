import { AskedInvitation } from './asked-invitations/asked-invitation.entity.js';
import { CaseWall } from './case-wall.entity.js';
import { Delegation } from './delegations/delegation.entity.js';
import { RoleChange } from './role-changes/role-change.entity.js';
import { StaffAuthenticator } from './staff-authenticator.entity.js';
import { StaffIdentity } from './openid/staff-identity.entity.js';
import { StaffInvitation } from './staff-invitation.entity.js';
import { StaffKey } from './staff-key.entity.js';
import { StaffMember } from './staff-member.entity.js';
import { StaffSealedKey } from './staff-sealed-key.entity.js';
import { StaffSession } from './staff-session.entity.js';
import { SlowedTry } from './slowed-try.entity.js';
import { UsedChallenge } from './used-challenge.entity.js';

/** The tables of this feature. */
export const STAFF_ENTITIES = [
  StaffMember,
  StaffKey,
  StaffAuthenticator,
  StaffSealedKey,
  StaffSession,
  StaffInvitation,
  AskedInvitation,
  StaffIdentity,
  UsedChallenge,
  SlowedTry,
  CaseWall,
  Delegation,
  RoleChange,
] as const;

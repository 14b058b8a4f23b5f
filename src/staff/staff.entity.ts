import { StaffInvitation } from './staff-invitation.entity.js';
import { StaffKey } from './staff-key.entity.js';
import { StaffMember } from './staff-member.entity.js';
import { StaffSession } from './staff-session.entity.js';

/** The tables of this feature. */
export const STAFF_ENTITIES = [StaffMember, StaffKey, StaffSession, StaffInvitation] as const;

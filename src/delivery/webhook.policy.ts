import type { StaffActor } from '../staff/staff-actor.js';
import { mayAdminister } from '../staff/staff.policy.js';

// What is not said here may not be done. It is about the actor's own agency, which the verbs see to.

/** An agency's administrator says where its own system is called. What comes there is sealed to others than them. */
export function maySetWebhook(actor: StaffActor): boolean {
  return mayAdminister(actor);
}

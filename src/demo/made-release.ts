import { todayInAuckland } from '../clocks/calendar.js';
import { duePeriods } from '../insight/open-data/desk/due-periods.js';
import { ReleaseDesk } from '../insight/open-data/desk/release-desk.js';
import type { Running } from '../boot.js';
import type { EnrolledStaffMember } from '../staff/enrol-staff-member.js';

/** The two who agree on a release. */
const AGREE = ['triage.analyst', 'triage.lead1'] as const;

/**
 * Has two people of the operator agree to bring out the complaints of the newest quarter that is due, as they would at their
 * desk. A worker draws and publishes it.
 *
 * @param staff of the operator, among others
 */
export async function makeRelease({ app }: Running, staff: readonly EnrolledStaffMember[]): Promise<void> {
  const [analyst, lead] = AGREE.map((name) => staff.find(({ username }) => username === name)?.actor);
  const [period] = duePeriods('quarter', todayInAuckland());
  if (!analyst || !lead || !period) throw new Error('Nobody is there to agree on a release.');
  const desk = app.get(ReleaseDesk, { strict: false });
  const id = await desk.prepare(analyst, `complaints~${period.text}`);
  await desk.approve(lead, id);
}

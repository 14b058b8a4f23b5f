import { addWorkingDays, complaintDueOn } from './calendar.js';

/** Working days within which a receiver should act on a disclosure: Protected Disclosures Act 2022, section 13. */
export const DISCLOSURE_WORKING_DAYS = 20;

/**
 * The day by which an answer is due.
 *
 * @param path a disclosure has the twenty working days of the Act; a complaint the agency's published standard
 * @param standard the agency's published standard in working days, where it has one
 * @param from day of receipt, YYYY-MM-DD in Pacific/Auckland; day one is the first working day after it
 */
export function dueOn(path: 'complaint' | 'disclosure', standard: number | undefined, from: string): string {
  return path === 'disclosure'
    ? addWorkingDays('legislation', from, DISCLOSURE_WORKING_DAYS)
    : complaintDueOn(standard, from);
}

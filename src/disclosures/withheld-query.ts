import { lastYear, readDays, type Days } from '../cases/register/days.dto.js';
import { check } from '../web/validation.js';
import { AfterRow } from './steps.dto.js';

/**
 * Reads of which days it is asked what is withheld, and after which disclosure; without days, of the year up to today.
 *
 * @throws {Invalid} naming the field that cannot be used
 */
export function readWithheldQuery(asked: Readonly<Record<string, unknown>>): {
  readonly days: Days;
  readonly after: string | undefined;
} {
  const { from, to, ...more } = asked;
  const { after } = check(AfterRow, more);
  return { days: from === undefined && to === undefined ? lastYear() : readDays({ from, to }), after };
}

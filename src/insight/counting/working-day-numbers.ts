import type { EntityManager } from 'typeorm';
import { isWorkingDay } from '../../clocks/calendar.js';
import { FIRST_YEAR, LAST_YEAR, plusDays } from '../../clocks/holidays.js';

/**
 * The working days of the Legislation Act 2019 s 13, numbered: between two days there are as many as the difference of their
 * numbers, the first day not counted.
 */
export function workingDayNumbers(): { readonly days: readonly string[]; readonly numbers: readonly number[] } {
  const days: string[] = [];
  const numbers: number[] = [];
  let number = 0;
  const last = `${LAST_YEAR.toString()}-12-31`;
  for (let day = `${FIRST_YEAR.toString()}-01-01`; day <= last; day = plusDays(day, 1)) {
    if (isWorkingDay('legislation', day)) number += 1;
    days.push(day);
    numbers.push(number);
  }
  return { days, numbers };
}

/** Puts the numbers of working days into their table, and corrects what was put there before. */
export async function storeWorkingDayNumbers(manager: EntityManager): Promise<void> {
  const { days, numbers } = workingDayNumbers();
  await manager.query(
    `INSERT INTO working_day_numbers (day, number) SELECT * FROM unnest($1::date[], $2::integer[])
     ON CONFLICT (day) DO UPDATE SET number = excluded.number WHERE working_day_numbers.number <> excluded.number`,
    [days, numbers],
  );
}

import type { EntityManager } from 'typeorm';
import { promiseDaily } from '../queue/daily-work.js';
import { putOutbox, type OutboxJob } from '../queue/outbox.js';
import { addWorkingDays, todayInAuckland } from './calendar.js';
import { RUNNING_COMPLAINTS } from './running.js';

/** Working days before a date from which it is reminded of. */
const DUE_SOON = 3;

/* At an hour of its own and not when something comes: its minute says nothing about anybody. */
const REMINDERS = { queue: 'clocks', name: 'reminders', hour: 8 } as const;

/** Promises the next round of reminders. @see promiseDaily */
export async function planReminders(manager: EntityManager, now = new Date(), job?: OutboxJob): Promise<void> {
  await promiseDaily(manager, REMINDERS, now, job);
}

/**
 * Promises a mail to every agency with complaints that are due within {@link DUE_SOON} working days or are past their
 * date: two figures and nothing else. One a day and an agency, however often this runs and whatever the clock does.
 * Then promises to do so again tomorrow.
 *
 * Nothing here speaks of disclosures. Their due dates stand on the desk of who may know of them, and a mail that goes only
 * where one is due would tell everybody else.
 */
export async function remind(manager: EntityManager, now = new Date(), job?: OutboxJob): Promise<void> {
  const day = todayInAuckland(now);
  const reminders = await manager.query<{ id: string }[]>(
    `INSERT INTO reminders (id, agency_id, day, due_soon, overdue)
     SELECT gen_random_uuid(), c.agency_id, $1::date,
            count(*) FILTER (WHERE k.due_on >= $1::date), count(*) FILTER (WHERE k.due_on < $1::date)
     FROM ${RUNNING_COMPLAINTS} JOIN agencies a ON a.id = c.agency_id AND a.notice_email IS NOT NULL
     WHERE k.due_on <= $2
     GROUP BY c.agency_id ORDER BY c.agency_id
     ON CONFLICT (agency_id, day) DO NOTHING RETURNING id`,
    [day, addWorkingDays('legislation', day, DUE_SOON)],
  );
  for (const { id } of reminders) await putOutbox(manager, { queue: 'delivery', name: 'remind_agency', id });
  await planReminders(manager, now, job);
}

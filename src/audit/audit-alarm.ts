import type { EntityManager } from 'typeorm';
import type { Actor, Database } from '../../config/database.js';
import { namedId } from '../queue/named-id.js';
import { putOutbox } from '../queue/outbox.js';
import { dayInAuckland } from '../web/day.js';
import type { Log } from '../web/log.js';
import { append } from './audit.js';

const WATCH: Actor = { kind: 'system', name: 'audit_watch' };

/** The log was found broken, and nobody has acknowledged it yet. */
export interface AuditAlarm {
  /** Id of the entry that says so. */
  readonly id: string;
  /** What is wrong and where, as codes. */
  readonly subject: string;
  /** YYYY-MM-DD in Pacific/Auckland. */
  readonly day: string;
}

const STANDING = `
  SELECT id, subject, to_char(happened_on, 'YYYY-MM-DD') AS day FROM audit_entries
   WHERE action = 'audit.broken' AND happened_at IS NOT NULL
     AND happened_at > coalesce((SELECT max(happened_at) FROM audit_entries
                                  WHERE action = 'audit.alarm_cleared' AND happened_at IS NOT NULL), '-infinity')
   ORDER BY happened_at, id LIMIT 1`;

/** The first alarm since the last one was acknowledged; null where there is none. */
export function standingAlarm(database: Database): Promise<AuditAlarm | null> {
  const read = async (manager: EntityManager): Promise<AuditAlarm | null> =>
    (await manager.query<AuditAlarm[]>(STANDING))[0] ?? null;
  return database.asActor(WATCH, read, { role: 'onedoor_auditor' });
}

/**
 * Sounds the alarm: a line in the log of errors each time, and unless an alarm stands already an entry in the audit log
 * and a mail to the operator, at most one a day.
 *
 * @param code what is wrong
 * @param place an id, a position or a size; empty where there is none
 */
export async function soundAlarm(database: Database, log: Log, code: string, place = ''): Promise<void> {
  log.event('audit.broken', { reason: code, ...(place === '' ? {} : { place }) }, 'error');
  if (await standingAlarm(database)) return;
  // What somebody planted may be no code.
  const where = /^[\w.:#-]{1,60}$/.test(place) ? `.${place}` : '';
  await database.asActor(WATCH, async (manager) => {
    await append(manager, { action: 'audit.broken', actor: WATCH, subject: `${code}${where}` });
    const id = namedId(`audit_alarm ${dayInAuckland()}`);
    await putOutbox(manager, { queue: 'delivery', name: 'audit_alarm', id });
  });
}

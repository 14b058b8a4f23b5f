import type { EntityManager } from 'typeorm';
import { JobFailure } from '../queue/job-failure.js';
import type { OutboxJob } from '../queue/outbox.js';
import type { Mailer } from './mailer.js';
import { noticeSent } from './notices.js';
import type { DueFigures, MailText } from './mail-text.js';
import { mailAgency } from './tell-agency.js';

/** Sends the reminder that `src/clocks` worked out for one agency. It tells two figures about complaints, and no more. */
export async function remindAgency(
  manager: EntityManager,
  job: OutboxJob,
  mailer: Mailer,
  text: (figures: DueFigures) => MailText,
): Promise<void> {
  const [found] = await manager.query<(DueFigures & { agencyId: string; address: string | null })[]>(
    `SELECT r.agency_id AS "agencyId", a.notice_email AS address, r.due_soon AS "dueSoon", r.overdue
     FROM reminders r JOIN agencies a ON a.id = r.agency_id WHERE r.id = $1`,
    [job.id],
  );
  if (!found) throw new JobFailure('no_agency', { permanent: true });
  await mailAgency(mailer, job.id, found.address, text(found));
  await noticeSent(manager, job.id, { toWhom: 'agency', caseId: null, agencyId: found.agencyId });
}

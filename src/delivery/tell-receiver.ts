import type { EntityManager } from 'typeorm';
import { JobFailure } from '../queue/job-failure.js';
import type { FailedRun } from '../queue/job-registry.js';
import type { OutboxJob } from '../queue/outbox.js';
import type { MailText } from './mail-text.js';
import type { Mailer } from './mailer.js';
import { noticeSent } from './notices.js';
import { mailAgency } from './tell-agency.js';

/* Whose turn it is with the newest referral of a complaint: nobody's while the person is asked, or once it is done. */
const WHOSE_TURN = `
  SELECT a.id AS "agencyId", a.notice_email AS address
    FROM cases c
    LEFT JOIN LATERAL (SELECT state, from_agency, to_agency FROM referrals WHERE case_id = c.id ORDER BY number DESC LIMIT 1) r
      ON true
    LEFT JOIN agencies a ON c.path = 'complaint'
     AND a.id = CASE WHEN r.state = 'consulted' THEN r.to_agency
                     WHEN r.state IN ('grant_again', 'declined', 'refused', 'withdrawn') THEN r.from_agency END
   WHERE c.id = $1`;

interface Turn {
  readonly agencyId: string | null;
  readonly address: string | null;
}

/**
 * Tells the agency whose turn it is with a complaint that is handed on, and nothing of it: the receiver that it came, the
 * sender that it came back. About disclosures nobody is ever told one by one.
 */
export async function tellReceiver(
  manager: EntityManager,
  job: OutboxJob,
  mailer: Mailer,
  text: MailText,
): Promise<void> {
  const [found] = await manager.query<Turn[]>(WHOSE_TURN, [job.caseId]);
  if (!found) throw new JobFailure('no_case', { permanent: true });
  if (found.agencyId === null) return;
  await mailAgency(mailer, job.id, found.address, text);
  await noticeSent(manager, job.id, { toWhom: 'agency', caseId: job.caseId, agencyId: found.agencyId });
}

/** Writes down that the notice could not be sent, to the agency it was for. */
export async function receiverNotTold(manager: EntityManager, job: OutboxJob, { dead }: FailedRun): Promise<void> {
  const [found] = await manager.query<Turn[]>(WHOSE_TURN, [job.caseId]);
  await manager.query(
    `INSERT INTO notices (id, case_id, agency_id, to_whom, state, attempts) VALUES ($1, $2, $3, 'agency', $4, 1)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = notices.attempts + 1`,
    [job.id, job.caseId, found?.agencyId ?? null, dead ? 'dead' : 'waiting'],
  );
}

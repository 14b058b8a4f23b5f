import type { EntityManager } from 'typeorm';
import { keysWantCare } from '../agencies/read-key-state.js';
import { JobFailure } from '../queue/job-failure.js';
import type { OutboxJob } from '../queue/outbox.js';
import type { Mailer } from './mailer.js';
import { noticeSent } from './notices.js';
import type { MailText } from './mail-text.js';

/**
 * Tells an agency that a complaint has come, and nothing of it. It is promised of a disclosure as well and does nothing: about
 * those nobody is ever told one by one, since the hour of such a mail would be the hour of the disclosure (see
 * `send-digests.ts`).
 */
export async function tellAgency(
  manager: EntityManager,
  job: OutboxJob,
  mailer: Mailer,
  text: MailText,
): Promise<void> {
  const [found] = await manager.query<{ agencyId: string; address: string | null; path: string }[]>(
    `SELECT c.agency_id AS "agencyId", a.notice_email AS address, c.path
     FROM cases c JOIN agencies a ON a.id = c.agency_id WHERE c.id = $1`,
    [job.caseId],
  );
  if (!found) throw new JobFailure('no_case', { permanent: true });
  if (found.path === 'disclosure') return;
  await mailAgency(mailer, job.id, found.address, text);
  await noticeSent(manager, job.id, { toWhom: 'agency', caseId: job.caseId, agencyId: found.agencyId });
}

/** Sends the digest that `send-digests.ts` promised to one agency. */
export async function sendDigest(
  manager: EntityManager,
  job: OutboxJob,
  mailer: Mailer,
  textWhere: (keysWantCare: boolean) => MailText,
): Promise<void> {
  const [found] = await manager.query<{ agencyId: string; address: string | null }[]>(
    `SELECT n.agency_id AS "agencyId", a.notice_email AS address
     FROM notices n JOIN agencies a ON a.id = n.agency_id WHERE n.id = $1`,
    [job.id],
  );
  if (!found) throw new JobFailure('no_agency', { permanent: true });
  await mailAgency(mailer, job.id, found.address, textWhere(await keysWantCare(manager, found.agencyId)));
  await noticeSent(manager, job.id, { toWhom: 'agency', caseId: null, agencyId: found.agencyId });
}

/** Tells whoever looks after the server that the audit log was found changed, and nothing of where. */
export async function tellOperator(
  manager: EntityManager,
  job: OutboxJob,
  mailer: Mailer,
  operatorAgency: string,
  text: MailText,
): Promise<void> {
  const [found] = await manager.query<{ address: string | null }[]>(
    'SELECT notice_email AS address FROM agencies WHERE id = $1',
    [operatorAgency],
  );
  await mailAgency(mailer, job.id, found?.address ?? null, text);
}

/** @throws {JobFailure} `no_notice_address` where the agency left none */
export async function mailAgency(mailer: Mailer, id: string, address: string | null, text: MailText): Promise<void> {
  // Not for good in spirit, but only a person can put it right, and then replay it.
  if (address === null) throw new JobFailure('no_notice_address', { permanent: true });
  await mailer.send({ id, to: address, ...text });
}

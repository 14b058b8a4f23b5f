import { isEmail } from 'class-validator';
import type { EntityManager } from 'typeorm';
import type { ServiceKeys } from '../../config/service-keys.js';
import { JobFailure } from '../queue/job-failure.js';
import type { OutboxJob } from '../queue/outbox.js';
import { openAddress } from '../vault/address.js';
import { VaultError } from '../vault/suite.js';
import type { Mailer } from './mailer.js';
import type { MailText } from './mail-text.js';
import { noticeSent } from './notices.js';

/**
 * Tells the person that a message lies in their mailbox, if they left an address and have not removed it since. The
 * address is opened here, used once, and written nowhere.
 */
export async function tellPerson(
  manager: EntityManager,
  job: OutboxJob,
  mailer: Mailer,
  keys: ServiceKeys,
  text: MailText,
): Promise<void> {
  const [mailbox] = await manager.query<{ notifySealed: string | null }[]>(
    `SELECT notify_sealed AS "notifySealed" FROM mailboxes
      WHERE case_id = (SELECT coalesce(whole_id, id) FROM cases WHERE id = $1)`,
    [job.caseId],
  );
  const sealed = mailbox?.notifySealed ?? null;
  if (sealed === null) return;
  await mailer.send({ id: job.id, to: await addressOf(sealed, keys), ...text });
  await noticeSent(manager, job.id, { toWhom: 'person', caseId: job.caseId, agencyId: null });
}

async function addressOf(sealed: string, keys: ServiceKeys): Promise<string> {
  const address = await openAddress((other) => keys.sealing.agree(other), sealed).catch((error: unknown) => {
    // A key that cannot be reached just now may be later.
    if (!(error instanceof VaultError)) throw new JobFailure('sealing_key_away');
    throw new JobFailure('address_sealed', { permanent: true });
  });
  if (!isEmail(address, { require_tld: false })) throw new JobFailure('address_unusable', { permanent: true });
  return address;
}

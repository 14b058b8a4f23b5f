import type { EntityManager } from 'typeorm';
import type { Directory } from '../agencies/directory.js';
import { promiseCall } from '../agencies/promise-webhook.js';
import { append } from '../audit/audit.js';
import { clockFor, openClock } from '../clocks/open-clock.js';
import { JobFailure } from '../queue/job-failure.js';
import { putOutbox, type OutboxJob } from '../queue/outbox.js';
import { Case } from './case.entity.js';
import { addEvent } from './case-events.js';

/**
 * Places a lodged case: it stands in its agency's inbox, its clock runs from the day it was lodged, and a notice to the
 * agency is promised. A case that was placed before is left as it is.
 *
 * @throws {JobFailure} `no_case` when there is no such case
 */
export async function placeCase(manager: EntityManager, job: OutboxJob, directory: Directory): Promise<void> {
  const found = await manager.findOne(Case, {
    where: { id: job.caseId ?? '' },
    lock: { mode: 'pessimistic_write' },
  });
  if (!found) throw new JobFailure('no_case', { permanent: true });
  if (found.status !== 'lodged') return;
  found.moveTo('placed');
  await manager.update(Case, { id: found.id }, { status: found.status });

  const standard = directory.get(found.agencyId)?.standard?.workingDays;
  await openClock(manager, found.id, clockFor(found, found.lodgedOn, standard));
  await addEvent(manager, found.id, 'placed');
  // Of a disclosure too, where it does nothing: whoever looks after the queues would tell the two apart by their counts. The
  // agency hears of it by its daily digest alone, since the hour of a mail would be the hour of the disclosure.
  await putOutbox(manager, { queue: 'delivery', name: 'tell_agency', caseId: found.id });
  await promiseCall(manager, found.path, { event: 'case.placed', agencyId: found.agencyId, caseId: found.id });
  await append(manager, {
    action: 'case.placed',
    actor: { kind: 'system', name: 'routing' },
    caseId: found.id,
    agencyId: found.agencyId,
    dayOnly: true, // it follows at once on what a reporter did
  });
}

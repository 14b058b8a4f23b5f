import { Injectable } from '@nestjs/common';
import { ServiceKeys } from '../../config/service-keys.js';
import { JobRegistry } from '../queue/job-registry.js';
import { Mailer } from './mailer.js';
import { MailTexts } from './mail-text.js';
import { noticeFailed } from './notices.js';
import { remindAgency } from './remind-agency.js';
import { planDigests, sendDigests } from './send-digests.js';
import { sendDigest, tellAgency } from './tell-agency.js';
import { tellPerson } from './tell-person.js';
import { receiverNotTold, tellReceiver } from './tell-receiver.js';

/** The notices that come through the queue. */
@Injectable()
export class DeliveryProcessor {
  constructor(jobs: JobRegistry, mailer: Mailer, texts: MailTexts, keys: ServiceKeys) {
    jobs.handle('delivery', 'tell_agency', {
      run: (manager, job) => tellAgency(manager, job, mailer, texts.complaintCame()),
      failed: (manager, job, run) => noticeFailed(manager, job, 'agency', run),
    });
    jobs.handle('delivery', 'tell_person', {
      run: (manager, job) => tellPerson(manager, job, mailer, keys, texts.messageCame()),
      failed: (manager, job, run) => noticeFailed(manager, job, 'person', run),
    });
    jobs.handle('delivery', 'tell_receiver', {
      run: (manager, job) => tellReceiver(manager, job, mailer, texts.complaintCame()),
      failed: (manager, job, run) => receiverNotTold(manager, job, run),
    });
    jobs.handle('delivery', 'digests', {
      run: (manager, job) => sendDigests(manager, new Date(), job),
      // Today's may be given up; tomorrow's must not depend on it.
      failed: (manager, job) => planDigests(manager, new Date(), job),
    });
    jobs.handle('delivery', 'digest', {
      run: (manager, job) => sendDigest(manager, job, mailer, (wantCare) => texts.digest(wantCare)),
      failed: (manager, job, run) => noticeFailed(manager, job, 'agency', run),
    });
    jobs.handle('delivery', 'remind_agency', {
      run: (manager, job) => remindAgency(manager, job, mailer, (figures) => texts.reminder(figures)),
      failed: (manager, job, run) => noticeFailed(manager, job, 'agency', run),
    });
    jobs.standing((manager) => planDigests(manager));
  }
}

import { Injectable } from '@nestjs/common';
import { JobRegistry } from '../queue/job-registry.js';
import { planReminders, remind } from './remind.js';

/** The work on clocks that comes through the queue. */
@Injectable()
export class ClocksProcessor {
  constructor(jobs: JobRegistry) {
    jobs.handle('clocks', 'reminders', {
      run: (manager, job) => remind(manager, new Date(), job),
      // Today's may be given up; tomorrow's must not depend on it.
      failed: (manager, job) => planReminders(manager, new Date(), job),
    });
    jobs.standing((manager) => planReminders(manager));
  }
}

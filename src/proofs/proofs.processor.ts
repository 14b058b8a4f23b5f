import { Injectable } from '@nestjs/common';
import { JobRegistry } from '../queue/job-registry.js';
import { closeDaysByNight, planClosing } from './close-days.js';

/** Closes the days of what was lodged, every night. */
@Injectable()
export class ProofsProcessor {
  constructor(jobs: JobRegistry) {
    jobs.handle('clocks', 'close_lodged_days', {
      run: (manager, job) => closeDaysByNight(manager, new Date(), job),
      // Tonight's may be given up; the next closes its day too.
      failed: (manager, job) => planClosing(manager, new Date(), job),
    });
    jobs.standing((manager) => planClosing(manager));
  }
}

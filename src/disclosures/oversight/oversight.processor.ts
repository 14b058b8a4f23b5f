import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { JobRegistry } from '../../queue/job-registry.js';
import type { SystemActor } from '../../staff/staff-actor.js';
import { countOversight, planCounting } from './count-oversight.js';

/* A name of its own: no other work of the server sees steps on disclosures. */
const OVERSIGHT: SystemActor = { kind: 'system', name: 'oversight' };

/** Counts every month for those who oversee. */
@Injectable()
export class OversightProcessor {
  constructor(jobs: JobRegistry, database: Database) {
    jobs.handle('clocks', 'count_oversight', {
      run: async (manager, job) => {
        await database.asActor(OVERSIGHT, (counting) => countOversight(counting));
        await planCounting(manager, new Date(), job);
      },
      // This month's may be given up; the next counts all of it anew.
      failed: (manager, job) => planCounting(manager, new Date(), job),
    });
    jobs.standing((manager) => planCounting(manager));
  }
}

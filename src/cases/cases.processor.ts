import { Injectable } from '@nestjs/common';
import { Directory } from '../agencies/directory.js';
import { JobRegistry } from '../queue/job-registry.js';
import { releaseCases } from './leaving/end-membership.js';
import { placeCase } from './place-case.js';
import { reviewUnplaced } from './referrals/review-unplaced.js';

/** The work on cases that comes through the queue. */
@Injectable()
export class CasesProcessor {
  constructor(jobs: JobRegistry, directory: Directory) {
    jobs.handle('routing', 'release_cases', { run: (manager) => releaseCases(manager) });
    jobs.handle('routing', 'place_case', {
      run: (manager, job) => placeCase(manager, job, directory),
      failed: async (manager, job, { dead }) => {
        if (dead) await reviewUnplaced(manager, job);
      },
    });
  }
}

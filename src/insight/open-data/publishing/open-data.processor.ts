import { Injectable } from '@nestjs/common';
import { append } from '../../../audit/audit.js';
import { JobRegistry } from '../../../queue/job-registry.js';
import type { SystemActor } from '../../../staff/staff-actor.js';
import { ReleaseWorks } from './release-works.js';

const OPEN_DATA: SystemActor = { kind: 'system', name: 'open_data' };

/** Brings out what two people agreed to publish. The work bears the id of the release. */
@Injectable()
export class OpenDataProcessor {
  constructor(jobs: JobRegistry, works: ReleaseWorks) {
    jobs.handle('clocks', 'publish_open_data', {
      run: async (manager, { id }) => {
        const subject = await works.bringOut(id);
        // In the transaction that takes the work away: once, however often the work was begun.
        if (subject !== null) await append(manager, { action: 'open_data.published', actor: OPEN_DATA, subject });
      },
    });
  }
}

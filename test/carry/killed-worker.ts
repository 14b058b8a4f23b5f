import process from 'node:process';
import { loadDirectory } from '../../src/agencies/directory.js';
import { placeCase } from '../../src/cases/place-case.js';
import { openWorker } from './worker.js';

/* A worker process that has done everything but commit, says so, and waits to be killed. */
const worker = await openWorker({
  databaseUrl: process.env.CARRY_DATABASE_URL ?? '',
  queueUrl: process.env.CARRY_QUEUE_URL,
  handlers: (registry) => {
    registry.handle('routing', 'place_case', {
      run: async (manager, job) => {
        await placeCase(manager, job, loadDirectory());
        process.stdout.write('in hand\n');
        await new Promise(() => undefined);
      },
    });
  },
});
await worker.runner.start();

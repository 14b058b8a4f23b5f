import { Gauge, type Registry } from 'prom-client';
import type { QueueCounts, QueueRunner } from './queue-runner.js';

const HELP: Readonly<Record<keyof QueueCounts, string>> = {
  waiting: 'Jobs waiting for a worker or for another try',
  active: 'Jobs being worked on',
  dead: 'Work given up until someone replays it',
};

/** Counts what waits, runs and was given up; the only label is the queue's name. */
export function queueMetrics(runner: QueueRunner, registry: Registry): void {
  // One look for all figures of one answer. A queue that cannot be reached leaves the last ones standing.
  let looking: Promise<Awaited<ReturnType<QueueRunner['counts']>> | undefined> | undefined;
  const look = () =>
    (looking ??= runner
      .counts()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      }));
  for (const state of ['waiting', 'active', 'dead'] as const) {
    new Gauge({
      name: `onedoor_queue_${state}`,
      help: HELP[state],
      labelNames: ['queue'],
      registers: [registry],
      async collect() {
        for (const [queue, counts] of (await look()) ?? []) this.set({ queue }, counts[state]);
      },
    });
  }
  new Gauge({
    name: 'onedoor_queue_up',
    help: 'Whether the queue could be reached',
    registers: [registry],
    async collect() {
      this.set((await look()) === undefined ? 0 : 1);
    },
  });
}

import { Gauge, type Registry } from 'prom-client';
import type { QueueRunner } from './queue-runner.js';
import type { QueueStanding } from './queue-standing.js';

const BY_JOBS = {
  waiting: 'Jobs waiting for a worker or for another try',
  active: 'Jobs being worked on',
} as const;

const BY_OUTBOX: Readonly<Record<string, { readonly help: string; readonly of: (queue: QueueStanding) => number }>> = {
  due: { help: 'Work promised, due and not done', of: ({ due }) => due },
  dead: { help: 'Work given up until someone replays it', of: ({ dead }) => dead },
  paused: { help: 'Whether an operator lets the queue rest', of: ({ pausedOn }) => (pausedOn === null ? 0 : 1) },
  oldest_seconds: { help: 'How long the oldest due work has waited at least, in whole minutes', of: (q) => q.oldest },
};

/** Says what waits, runs, rests and was given up; the only label is the queue's name. */
export function queueMetrics(runner: QueueRunner, registry: Registry): void {
  // One look for all figures of one answer. What cannot be reached leaves its last ones standing.
  const counts = shared(() => runner.counts());
  const standings = shared(() => runner.standings());
  for (const state of ['waiting', 'active'] as const) {
    new Gauge({
      name: `onedoor_queue_${state}`,
      help: BY_JOBS[state],
      labelNames: ['queue'],
      registers: [registry],
      async collect() {
        for (const [queue, { [state]: count }] of (await counts()) ?? []) this.set({ queue }, count);
      },
    });
  }
  for (const [name, { help, of }] of Object.entries(BY_OUTBOX)) {
    new Gauge({
      name: `onedoor_queue_${name}`,
      help,
      labelNames: ['queue'],
      registers: [registry],
      async collect() {
        for (const standing of (await standings()) ?? []) this.set({ queue: standing.queue }, of(standing));
      },
    });
  }
  new Gauge({
    name: 'onedoor_queue_up',
    help: 'Whether the queue could be reached',
    registers: [registry],
    async collect() {
      this.set((await counts()) === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'onedoor_relay_looked_seconds',
    help: 'Seconds since the relay of this process last handed over what is due',
    registers: [registry],
    collect() {
      const ago = runner.relayLookedAgo;
      if (ago === undefined) this.remove();
      else this.set(Math.floor(ago / 1000));
    },
  });
}

/** A look that those who ask while it is under way share; undefined where it fails. */
function shared<T>(look: () => Promise<T>): () => Promise<T | undefined> {
  let looking: Promise<T | undefined> | undefined;
  return () =>
    (looking ??= look()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      }));
}

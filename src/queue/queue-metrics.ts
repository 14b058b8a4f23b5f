import { Gauge, type Registry } from 'prom-client';
import type { QueueRunner } from './queue-runner.js';

/** Counts what waits, runs and was given up; the only label is the queue's name. */
export function queueMetrics(runner: QueueRunner, registry: Registry): void {
  const gauges = {
    waiting: gauge(registry, 'onedoor_queue_waiting', 'Jobs waiting for a worker or for another try'),
    active: gauge(registry, 'onedoor_queue_active', 'Jobs being worked on'),
    dead: gauge(registry, 'onedoor_queue_dead', 'Work given up until someone replays it'),
  };
  // One look for the three of them; a queue that cannot be reached leaves the last figures standing.
  new Gauge({
    name: 'onedoor_queue_up',
    help: 'Whether the queue could be reached',
    registers: [registry],
    async collect() {
      try {
        for (const [queue, counts] of await runner.counts()) {
          gauges.waiting.set({ queue }, counts.waiting);
          gauges.active.set({ queue }, counts.active);
          gauges.dead.set({ queue }, counts.dead);
        }
        this.set(1);
      } catch {
        this.set(0);
      }
    },
  });
}

function gauge(registry: Registry, name: string, help: string): Gauge<'queue'> {
  return new Gauge({ name, help, labelNames: ['queue'], registers: [registry] });
}

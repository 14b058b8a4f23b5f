import { Global, Module } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { HealthChecks } from '../web/health-checks.js';
import { Metrics } from '../web/metrics.js';
import { JobRegistry } from './job-registry.js';
import { queueMetrics } from './queue-metrics.js';
import { QueueRunner } from './queue-runner.js';
import { QueueTimings } from './queue-timings.js';

/** The way of work from the outbox to who does it. The composition root starts the runner where this process works. */
@Global()
@Module({ providers: [JobRegistry, QueueRunner, QueueTimings], exports: [JobRegistry, QueueRunner] })
export class QueueModule {
  constructor(runner: QueueRunner, settings: Settings, metrics: Metrics, checks: HealthChecks) {
    // A web server lodges without the queue, so that it is no less ready while the queue is away.
    if (settings.ROLE === 'web') return;
    checks.add('queue', () => runner.ping());
    checks.add('relay', () => runner.relayAlive());
    queueMetrics(runner, metrics.registry);
  }
}

import type { FastifyInstance } from 'fastify';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Settings } from '../../config/settings.js';
import type { HealthChecks } from './health-checks.js';

/** The figures of one process. No label carries a person, a case or text: methods, route patterns and statuses only. */
export class Metrics {
  readonly registry = new Registry();
  readonly httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}

/**
 * A route as figures may have it. What staff ask for is one, since there are pages that only a disclosure has: figures read
 * from minute to minute would tell when somebody is at work on one. For the same reason the page that comes before the
 * words of a disclosure counts among the questions, of which everybody is asked another number.
 */
export function routeInFigures(pattern: string | undefined): string {
  if (pattern === undefined) return 'unmatched';
  if (pattern === '/before-writing') return '/questions/:question';
  return pattern.startsWith('/staff/') ? '/staff/*' : pattern;
}

/** Measures every answer. */
export function measureRequests(instance: FastifyInstance, metrics: Metrics): void {
  instance.addHook('onResponse', (request, reply, done) => {
    metrics.httpDuration.observe(
      {
        method: request.method,
        route: routeInFigures(request.routeOptions.url),
        status: reply.statusCode.toString(),
      },
      reply.elapsedTime / 1000,
    );
    done();
  });
}

/**
 * Serves `/metrics`, `/health/live` and `/health/ready` on `METRICS_PORT`, which no visitor can reach; a worker has
 * no other port.
 *
 * @returns the port taken, and how to close it
 */
export async function startMetrics(
  settings: Settings,
  metrics: Metrics,
  checks: HealthChecks,
): Promise<{ port: number; close: () => Promise<void> }> {
  const answers: Record<string, () => Promise<{ status: number; type: string; body: string }>> = {
    '/metrics': async () => ({
      status: 200,
      type: metrics.registry.contentType,
      body: await metrics.registry.metrics(),
    }),
    '/health/live': () => Promise.resolve({ status: 200, type: 'text/plain', body: 'ok\n' }),
    '/health/ready': async () => {
      const failing = await checks.failing();
      return { status: failing.length === 0 ? 200 : 503, type: 'text/plain', body: `${failing.join(' ') || 'ok'}\n` };
    },
  };
  const nothing = { status: 404, type: 'text/plain', body: 'not found\n' };
  const broken = { status: 500, type: 'text/plain', body: 'failed\n' };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? '']?.() ?? Promise.resolve(nothing);
    void answer
      .catch(() => broken)
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(settings.METRICS_PORT, settings.HOST, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

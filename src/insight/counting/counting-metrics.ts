import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../../config/database.js';

/** More than so many need not be told apart. */
const MOST = 1_000_000;

/**
 * Measures what waits to be counted, in whole thousands, and what the nightly count found otherwise. Disclosures never wait
 * there: a figure that rose by one with a complaint would tell which lodging was none. A database that cannot be reached leaves the last figures standing.
 */
export function countingMetrics(database: Database, registry: Registry): void {
  const look = async (sql: string): Promise<number | undefined> => {
    const read = database.asActor({ kind: 'system', name: 'metrics' }, (manager) =>
      manager.query<{ n: number }[]>(sql),
    );
    return (await read.catch(() => []))[0]?.n;
  };
  const gauge = (name: string, help: string, sql: string): Gauge =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      async collect() {
        const n = await look(sql);
        if (n !== undefined) this.set(n);
      },
    });
  gauge(
    'onedoor_figures_waiting',
    'Steps of complaints that are not counted yet, in whole thousands',
    `SELECT count(*)::integer / 1000 * 1000 AS n FROM (SELECT id FROM figure_events LIMIT ${MOST.toString()}) w`,
  );
  gauge(
    'onedoor_figures_differences',
    'Complaints and cells that the nightly count found otherwise than they were counted',
    'SELECT differences AS n FROM figure_states WHERE id = 1',
  );
}

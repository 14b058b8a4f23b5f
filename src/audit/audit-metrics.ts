import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../config/database.js';
import { standingAlarm } from './audit-alarm.js';
import { auditBacklog, type AuditBacklog } from './audit.js';

/** Says whether the log was found broken and nobody has acknowledged it yet. */
function brokenMetric(database: Database, registry: Registry): void {
  new Gauge({
    name: 'onedoor_audit_broken',
    help: '1 where the audit log was found to be changed and no administrator has acknowledged it, else 0',
    registers: [registry],
    async collect() {
      const alarm = await standingAlarm(database).catch(() => undefined);
      if (alarm !== undefined) this.set(alarm === null ? 0 : 1);
    },
  });
}

/**
 * Measures what is recorded but not in the tree, and should be. What has a time waits for seconds. What has only a day
 * waits for its night and is not counted until that is over: a figure that grows with each of them would tell when
 * somebody is at work on a disclosure.
 */
export function auditMetrics(database: Database, registry: Registry): void {
  brokenMetric(database, registry);
  // One look for both figures of one answer. A database that cannot be reached leaves the last ones standing.
  let looking: Promise<AuditBacklog | undefined> | undefined;
  const look = () =>
    (looking ??= database
      .asActor({ kind: 'system', name: 'metrics' }, auditBacklog)
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      }));
  new Gauge({
    name: 'onedoor_audit_backlog',
    help: 'Audit entries that are not in the hash tree and do not wait for their night',
    registers: [registry],
    async collect() {
      const backlog = await look();
      if (backlog) this.set(backlog.late);
    },
  });
  new Gauge({
    name: 'onedoor_audit_backlog_age_seconds',
    help: 'Age of the oldest audit entry with a time that is not in the hash tree yet, 0 where there is none',
    registers: [registry],
    async collect() {
      const backlog = await look();
      if (backlog) this.set(backlog.oldestAt ? Math.max(0, Date.now() - backlog.oldestAt.getTime()) / 1000 : 0);
    },
  });
}

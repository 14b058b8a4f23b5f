import { Module } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { Metrics } from '../web/metrics.js';
import { AuditHeadsController } from './audit-heads.controller.js';
import { auditMetrics } from './audit-metrics.js';
import { AuditWatch } from './audit-watch.js';
import { Sequencer } from './sequencer.js';

/** The append-only log. Whoever records an act calls `append` in the transaction of the act and needs nothing from here. */
@Module({ controllers: [AuditHeadsController], providers: [AuditWatch, Sequencer], exports: [AuditWatch, Sequencer] })
export class AuditModule {
  constructor(database: Database, settings: Settings, metrics: Metrics) {
    // Told once, by whoever chains: the workers.
    if (settings.ROLE !== 'web') auditMetrics(database, metrics.registry);
  }
}

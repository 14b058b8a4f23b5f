import { Module } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { AgenciesModule } from '../agencies/agencies.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { Metrics } from '../web/metrics.js';
import { FiguresController } from './dashboards/figures.controller.js';
import { FiguresPages } from './dashboards/figures-pages.js';
import { FiguresService } from './dashboards/figures.service.js';
import { ReadCubes } from './cubes/read-cubes.js';
import { OpenDataController } from './open-data/served/open-data.controller.js';
import { OpenDataFilesController } from './open-data/served/open-data-files.controller.js';
import { OpenDataPages } from './open-data/served/open-data-pages.js';
import { PublishedReleases } from './open-data/served/published-releases.js';
import { CountingModule } from './counting/counting.module.js';
import { countingMetrics } from './counting/counting-metrics.js';
import { OpenDataModule } from './open-data/open-data.module.js';

/** Figures: what is counted, who may see how much of it, and what goes out. */
@Module({
  imports: [AgenciesModule, StaffModule, CountingModule, OpenDataModule],
  controllers: [FiguresController, OpenDataController, OpenDataFilesController],
  providers: [FiguresPages, FiguresService, OpenDataPages, PublishedReleases, ReadCubes],
})
export class InsightModule {
  constructor(database: Database, settings: Settings, metrics: Metrics) {
    // Told once, by whoever counts: the workers.
    if (settings.ROLE !== 'web') countingMetrics(database, metrics.registry);
  }
}

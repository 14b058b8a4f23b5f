import { type DynamicModule, Module } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { MadeAssets } from './assets.js';
import { HealthModule } from './health-checks.js';
import { HealthController } from './health.controller.js';
import { InformationController } from './information.controller.js';
import { LanguageController } from './language.controller.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { Throttle } from './throttle.js';
import { Translations } from './translations.js';

/** What every feature with pages may inject, and the few pages that belong to none. */
@Module({ imports: [HealthModule], controllers: [HealthController, LanguageController, InformationController] })
export class WebModule {
  static with(settings: Settings, log: Log): DynamicModule {
    const shared = [
      { provide: Settings, useValue: settings },
      { provide: Log, useValue: log },
      { provide: MadeAssets, useFactory: () => new MadeAssets() },
      { provide: Metrics, useFactory: () => new Metrics() },
      { provide: Throttle, useFactory: () => new Throttle() },
      { provide: Translations, useFactory: () => new Translations() },
    ];
    return { module: WebModule, global: true, providers: shared, exports: shared };
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { hkdfSync } from 'node:crypto';
import { ServiceKeys } from '../../config/service-keys.js';
import { Settings } from '../../config/settings.js';
import { MadeAssets } from './assets.js';
import { HealthModule } from './health-checks.js';
import { HealthController } from './health.controller.js';
import { InformationController } from './information.controller.js';
import { LanguageController } from './language.controller.js';
import { LeaveController } from './leave.controller.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { Puzzles } from './puzzles.js';
import { Throttle } from './throttle.js';
import { Translations } from './translations.js';

/** What every feature with pages may inject, and the few pages that belong to none. */
@Module({
  imports: [HealthModule],
  controllers: [HealthController, LanguageController, LeaveController, InformationController],
})
export class WebModule {
  static with(settings: Settings, log: Log): DynamicModule {
    const shared = [
      { provide: Settings, useValue: settings },
      { provide: Log, useValue: log },
      { provide: MadeAssets, useFactory: () => new MadeAssets() },
      { provide: Metrics, useFactory: () => new Metrics() },
      {
        provide: Throttle,
        useFactory: (keys?: ServiceKeys) => new Throttle(undefined, new Puzzles(keys && puzzleKey(keys))),
        inject: [{ token: ServiceKeys, optional: true }],
      },
      { provide: Translations, useFactory: () => new Translations() },
    ];
    return { module: WebModule, global: true, providers: shared, exports: shared };
  }
}

/** Every server takes a solution to what any other has set. */
function puzzleKey({ serverSecret }: ServiceKeys): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', serverSecret, new Uint8Array(), 'onedoor web puzzles', 32));
}

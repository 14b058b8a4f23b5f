import { Module } from '@nestjs/common';
import { ServiceKeys } from '../../../config/service-keys.js';
import { Settings } from '../../../config/settings.js';
import { StaffModule } from '../../staff/staff.module.js';
import { MadeAssets } from '../../web/assets.js';
import { KeyLog } from './key-log.js';
import { KeyLogController } from './key-log.controller.js';
import { KeysPageController } from './keys-page.controller.js';
import { KeyLogKeeper } from './key-log-keeper.js';
import { OwnWitnesses } from './own-witnesses.js';
import { PinnedKeys, pinnedKeys } from './pinned-keys.js';
import { StaffKeyLogController } from './staff-key-log.controller.js';

/** The public log of keys. The keys by which it is believed are an asset like any script, with its hash in the manifest. */
@Module({
  imports: [StaffModule],
  controllers: [KeyLogController, KeysPageController, StaffKeyLogController],
  providers: [
    KeyLog,
    KeyLogKeeper,
    OwnWitnesses,
    { provide: PinnedKeys, useFactory: pinnedKeys, inject: [Settings, ServiceKeys] },
  ],
  exports: [KeyLog, KeyLogKeeper],
})
export class KeyLogModule {
  constructor({ log, witnesses }: PinnedKeys, assets: MadeAssets) {
    const pins = JSON.stringify({ log, witnesses });
    // Written as a string in ASCII: a name may hold what ends a script or a line.
    const text = JSON.stringify(pins).replace(
      /[^ -~]|</g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    assets.add(
      'key-pins.js',
      `const pins=JSON.parse(${text});Object.defineProperty(globalThis,'onedoorKeyPins',{value:pins});\n`,
    );
  }
}

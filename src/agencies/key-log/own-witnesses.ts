import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { ServiceKeys } from '../../../config/service-keys.js';
import { PinnedKeys } from './pinned-keys.js';
import { cosign } from './sign-head.js';
import { newestHead } from './stored-log.js';

const WITNESS = { kind: 'system', name: 'key_log' } as const;

/**
 * Stand where witnesses from outside belong, so that everything works before there are any. They prove nothing: whoever
 * holds the log holds their keys. The pages say so.
 */
@Injectable()
export class OwnWitnesses {
  constructor(
    private readonly database: Database,
    private readonly keys: ServiceKeys,
    readonly pins: PinnedKeys,
  ) {}

  /** Signs the newest head, unless others are named to do that. */
  async cosignNewest(): Promise<void> {
    if (!this.pins.own) return;
    await this.database.asActor(WITNESS, async (manager) => {
      const newest = await newestHead(manager);
      if (!newest) return;
      const signed = await manager.query<{ witness: string }[]>(
        'SELECT witness FROM key_log_cosignatures WHERE head = $1',
        [newest.number],
      );
      for (const key of this.keys.ownWitnesses) {
        if (signed.some(({ witness }) => witness === key.kid)) continue;
        await manager.query(
          'INSERT INTO key_log_cosignatures (head, witness, cosignature) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [newest.number, key.kid, await cosign(newest.head, key)],
        );
      }
    });
  }
}

import { Controller, Get, Render } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { readHead, witnessOf } from '../../vault/key-heads.js';
import { thumbprint } from '../../vault/keys.js';
import { dayInAuckland } from '../../web/day.js';
import { KeyLog } from './key-log.js';

/** What the page says of a watcher. */
interface Watcher {
  readonly name: string;
  readonly kid: string;
  /** Whether they have signed the newest head that counts. */
  readonly signed: boolean;
}

/** The page for the public: what the log of keys is, who watches it, and what it does not do. */
@Controller('keys')
export class KeysPageController {
  constructor(
    private readonly database: Database,
    private readonly keyLog: KeyLog,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Render('keys.njk')
  async page(): Promise<object> {
    const { pins } = this.keyLog;
    const { witnessed } = await this.database.asActor({ kind: 'public' }, (manager) => this.keyLog.heads(manager));
    const signers = witnessed
      ? await Promise.all(witnessed.cosignatures.map((one) => witnessOf(one, witnessed.head, pins)))
      : [];
    const watchers = await Promise.all(
      pins.witnesses.map(async ({ name, jwk }): Promise<Watcher> => {
        const kid = await thumbprint(jwk);
        return { name, kid, signed: signers.includes(kid) };
      }),
    );
    const head = witnessed && readHead(witnessed.head);
    return {
      head: head && { ...head, on: dayInAuckland(new Date(head.at)) },
      watchers,
      own: pins.own,
      logKid: await thumbprint(pins.log),
      origin: this.settings.publicOrigin,
    };
  }
}

import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { ServiceKeys } from '../../../config/service-keys.js';
import { dayInAuckland } from '../../web/day.js';
import { Conflict, Invalid } from '../../web/errors.js';
import type { MailboxActor } from '../mailbox.policy.js';
import type { MailboxSession } from '../mailbox-sessions.js';
import { caseOf, momentsAsked, stepsOf } from '../read-mailbox.js';
import { momentToAsk, type Rating, type RatingMoment } from './rating-questions.js';
import { RatingToken } from './rating.entity.js';

/** Answers are entered together, at least so many, so that none can be told by when it came. */
export const FEWEST_ENTERED = 25;

/**
 * What people say of how it was for them, so that nobody learns who said what: a mailbox has one token signed for each
 * moment without showing it, and the token alone comes back with the answers.
 */
@Injectable()
export class Ratings {
  constructor(
    private readonly database: Database,
    private readonly keys: ServiceKeys,
  ) {}

  /**
   * Signs a blinded token for a mailbox, one for each moment. The same one sent again is signed again, which gives the
   * same.
   *
   * @param blinded as long as the key's modulus
   * @returns the blind signature
   * @throws {Conflict} `not_asked` where the person is not asked at this moment, or had another token signed for it
   * @throws {Invalid} where it is no number below the modulus
   */
  async sign({ actor }: MailboxSession, moment: RatingMoment, blinded: Buffer): Promise<Uint8Array> {
    if (!this.keys.ratings.maySign(blinded)) {
      throw new Invalid([
        { field: 'blinded', code: 'invalid', message: 'This is no number below the modulus of the key.' },
      ]);
    }
    // First whether it is this person's to have: a signature costs us dearly.
    await this.database.asActor(actor, (manager) => giveToken(manager, actor, moment, blinded));
    return this.keys.ratings.sign(blinded);
  }

  /**
   * Takes answers in, with the year and nothing else. A token counts once; sent again it is answered as the first time.
   *
   * @throws {Invalid} where the token was not signed by us
   */
  async put(token: Buffer, signature: Buffer, { feltSafe, keptInformed, wouldDoAgain }: Rating): Promise<void> {
    if (!this.keys.ratings.verifies(token, signature)) {
      throw new Invalid([{ field: 'signature', code: 'invalid', message: 'This token was not signed here.' }]);
    }
    const year = Number(dayInAuckland().slice(0, 4));
    const of = [sha256(token), year, feltSafe, keptInformed, wouldDoAgain];
    await this.database.asActor({ kind: 'public' }, (manager) =>
      manager.query('SELECT put_rating($1, $2, $3, $4, $5)', of),
    );
  }

  /** Enters what has come, where that is enough. @returns how many were entered */
  async enter(): Promise<number> {
    const [row] = await this.database.asActor({ kind: 'system', name: 'sweeper' }, (manager) =>
      manager.query<{ entered: number }[]>('SELECT enter_ratings($1) AS entered', [FEWEST_ENTERED]),
    );
    return row?.entered ?? 0;
  }
}

async function giveToken(
  manager: EntityManager,
  actor: MailboxActor,
  moment: RatingMoment,
  blinded: Buffer,
): Promise<void> {
  const { id: caseId } = await caseOf(manager, actor, { lock: true });
  const hash = sha256(blinded);
  const given = await manager.findOneBy(RatingToken, { caseId, moment });
  if (given?.blinded.equals(hash)) return;
  const asked = momentToAsk(await stepsOf(manager, caseId), await momentsAsked(manager, caseId));
  if (given || asked !== moment) throw new Conflict('not_asked', 'This was answered already, or is not asked now.');
  await manager.insert(RatingToken, { caseId, moment, blinded: hash });
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import type { Case } from '../cases/case.entity.js';
import { consentGiven, consentTakenBack, refusedByPerson, retold } from '../cases/referrals/consent-to-referral.js';
import { lockedReferralOf } from '../cases/referrals/referral-access.js';
import type { Referral } from '../cases/referrals/referral.entity.js';
import { isEnded } from '../cases/referrals/referral-status.js';
import { readConsent, type Share } from '../vault/consent.js';
import { decode } from '../vault/bytes.js';
import { VaultError, type CompactJws } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { requireAsked, requireFits, verifySentConsent } from './check-consent.js';
import { isOpenToPerson, mayAnswer, mayTakeBack, mayTellOfRetelling } from './mailbox.policy.js';
import type { MailboxSession } from './mailbox-sessions.js';
import { openSide } from './open-side.js';
import { caseOf, readMailbox } from './read-mailbox.js';
import { partAskedAbout, referralOf, type ConsentableReferral } from './read-referrals.js';
import { signReferralConsent } from './sign-consent.js';

/** A referral that the person answers, its case locked. */
interface Answered {
  readonly manager: EntityManager;
  readonly found: Case;
  readonly asked: ConsentableReferral;
  readonly entity: Referral;
}

/**
 * What a person says to their case being handed on. Each verb is one transaction with the case locked, and repeated it is
 * answered as the first time.
 */
@Injectable()
export class ReferralAnswers {
  constructor(private readonly database: Database) {}

  /**
   * Agrees, or confirms after the fact, with what the person's browser signed.
   *
   * @throws {NotFound} where the case has no such referral
   * @throws {Invalid} where the consent is not signed as it must be, is for something else, or shares more than was asked
   * @throws {Conflict} `readers_changed`, `already_answered`, `not_asked_now`, `case_closed`
   */
  agree(session: MailboxSession, id: string, jws: CompactJws): Promise<void> {
    return this.answer(session, id, async ({ manager, found, asked, entity }) => {
      const consent = await verifySentConsent(manager, found, asked, jws);
      if (wasAgreed(asked, consent.share)) return;
      requireQuestion(found, asked);
      requireFits(asked, consent);
      await consentGiven(manager, session.actor, found, entity, { jws, ...consent });
    });
  }

  /**
   * The same for somebody without a script: it is signed here, with the mailbox key that this session holds.
   *
   * @throws as {@link agree}; {@link Invalid} also where this session has no key to sign with
   */
  agreeInClear(session: MailboxSession, id: string, share: Share): Promise<void> {
    const { actor, mailboxKey } = session;
    if (mailboxKey === null) {
      throw new Invalid([
        {
          field: 'share',
          code: 'sign_it',
          message: 'This mailbox was opened without its receipt. Send a signed consent.',
        },
      ]);
    }
    return this.answer(session, id, async ({ manager, found, asked, entity }) => {
      if (wasAgreed(asked, share)) return;
      requireQuestion(found, asked);
      requireAsked(asked, share, 'share');
      const { sealed } = await readMailbox(manager, actor);
      const side = { ...(await openSide(sealed, decode(mailboxKey)).catch(cannotSign)), caseId: found.id };
      const jws = await signReferralConsent(side, { ...asked, to: { id: asked.to } }, share);
      await consentGiven(manager, actor, found, entity, { jws, share, readers: asked.readers });
    });
  }

  /** Says no. @throws {NotFound} {Conflict} `not_asked_now` where it was answered otherwise or is over */
  refuse(session: MailboxSession, id: string): Promise<void> {
    return this.answer(session, id, async ({ manager, found, asked, entity }) => {
      if (asked.state === 'refused') return;
      if (!mayAnswer(asked)) throw notNow();
      await refusedByPerson(manager, session.actor, found, entity);
    });
  }

  /** Takes consent back. @throws {NotFound} {Conflict} `not_asked_now` where there is none, or everything was opened */
  takeBack(session: MailboxSession, id: string): Promise<void> {
    return this.answer(session, id, async ({ manager, found, asked, entity }) => {
      if (asked.state === 'withdrawn') return;
      if (!mayTakeBack(asked)) throw notNow();
      await consentTakenBack(manager, session.actor, found, entity);
    });
  }

  /** Says, once for each hand-over, that the story had to be told again. @throws {NotFound} {Conflict} `not_asked_now` */
  tellOfRetelling(session: MailboxSession, id: string): Promise<void> {
    return this.answer(session, id, async ({ manager, found, asked, entity }) => {
      if (asked.retold) return;
      if (!mayTellOfRetelling(asked)) throw notNow();
      await retold(manager, session.actor, found, entity);
    });
  }

  private answer({ actor }: MailboxSession, id: string, work: (answered: Answered) => Promise<void>): Promise<void> {
    return this.database.asActor(actor, async (manager) => {
      const part = await partAskedAbout(manager, actor.caseId, id);
      const found = await caseOf(manager, actor, { lock: true, part });
      const entity = await lockedReferralOf(manager, found, id);
      await work({ manager, found, asked: await referralOf(manager, found, entity.id), entity });
    });
  }
}

/** @throws {Conflict} where the person is not asked, or nobody would act on the answer any more */
function requireQuestion(found: Case, asked: ConsentableReferral): void {
  if (!isOpenToPerson(found)) {
    throw new Conflict('case_closed', 'This case is closed. Nothing was changed.');
  }
  if (!mayAnswer(asked) && !asked.needsConfirmation) throw notNow();
}

/** Whether the very same was agreed to before, and stands. @throws {Conflict} where it ended, or something else was */
function wasAgreed({ consent, state, needsConfirmation }: ConsentableReferral, share: Share): boolean {
  if (consent === null || state === 'proposed' || needsConfirmation) return false;
  if (isEnded(state) && state !== 'opened') throw notNow();
  if (readConsent(consent).share.length === share.length) return true;
  throw new Conflict('already_answered', 'You have answered this before, in another way. Take that back first.');
}

function notNow(): Conflict {
  return new Conflict('not_asked_now', 'This has moved on meanwhile, and nothing was changed. Look at it again.');
}

function cannotSign(error: unknown): never {
  if (!(error instanceof VaultError)) throw error;
  throw new Conflict('cannot_sign', 'Your answer could not be signed, so nothing was changed.');
}

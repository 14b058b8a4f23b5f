import { Injectable } from '@nestjs/common';
import type { Case } from '../cases/case.entity.js';
import { isEnded } from '../cases/referrals/referral-status.js';
import { Routing } from '../routing/routing.service.js';
import { readConsent } from '../vault/consent.js';
import type { Language, Translate } from '../web/translations.js';
import { mayAnswer, mayTakeBack, mayTellOfRetelling } from './mailbox.policy.js';
import type { MailboxJourney, MailboxReferral } from './mailbox-side.js';
import { epochsAbout, type ConsentableReferral, type StoredReferrals } from './read-referrals.js';

interface Text {
  readonly t: Translate;
  readonly lang: Language;
}

/** What the mailbox shows of its case being handed on. */
export interface HandingOn {
  readonly referral: MailboxReferral | null;
  readonly unconfirmed: MailboxReferral | null;
  readonly journey: MailboxJourney;
  /** What happens next while a referral is under way; null where none is. */
  readonly next: string | null;
}

/** Puts what is stored of a case being handed on into plain words, in the language of who reads it. */
@Injectable()
export class ReferralWords {
  constructor(private readonly routing: Routing) {}

  handingOn({ last, lastOpened, journey }: StoredReferrals, found: Case, text: Text): HandingOn {
    const said = (referral: ConsentableReferral | null): MailboxReferral | null =>
      referral && this.referral(referral, text);
    const mayRetell = lastOpened && mayTellOfRetelling(lastOpened) && !lastOpened.retold ? lastOpened.id : null;
    const { handOffs, bounceBacks, daysInTransit, timesRetold } = journey;
    return {
      referral: said(last),
      unconfirmed: lastOpened?.needsConfirmation ? said(lastOpened) : null,
      journey: {
        path: journey.path.map(({ agencyId, from, to }) => ({ agency: this.named(agencyId, text), from, to })),
        handOffs,
        bounceBacks,
        daysInTransit,
        timesRetold,
        mayRetell: found.status === 'closed' ? null : mayRetell,
      },
      next: this.next(found, last, lastOpened, text),
    };
  }

  private next(
    { status }: Case,
    last: ConsentableReferral | null,
    lastOpened: ConsentableReferral | null,
    text: Text,
  ): string | null {
    if (last === null || status === 'closed') return null;
    const say = (referral: ConsentableReferral, code: string): string =>
      text.t(`mailbox.referral.next.${code}`, this.names(referral, text));
    if (!isEnded(last.state)) return say(last, last.state);
    return lastOpened?.needsConfirmation ? say(lastOpened, 'unconfirmed') : null;
  }

  private referral(stored: ConsentableReferral, text: Text): MailboxReferral {
    const { id, number, state, proposedOn, asksIdentity, readers, consent, reason, ground, declined } = stored;
    const names = this.names(stored, text);
    const explained = (kind: string, code: string | null): { code: string; text: string } | null =>
      code === null ? null : { code, text: text.t(`mailbox.referral.${kind}.${code}`, names) };
    const overruled = (said: { code: string; text: string } | null): typeof said =>
      said && { code: said.code, text: `${text.t('mailbox.referral.overruled', names)} ${said.text}` };
    return {
      id,
      number,
      from: this.named(stored.from, text),
      to: this.named(stored.to, text),
      state,
      text: text.t(`mailbox.referral.state.${variantOf(stored)}`, names),
      proposedOn,
      reason: { code: reason, text: text.t(`mailbox.referral.reasons.${reason}`, names) },
      asksIdentity,
      readers,
      whoReads: stored.role === null ? null : whoReads(stored.people, stored.role, text),
      shared: consent === null ? null : readConsent(consent).share,
      sharing: sharingOf(stored).map((code) => ({
        code,
        text: text.t(`mailbox.referral.share.${code}`, { agency: names.from }),
      })),
      ground: stored.saidNo ? overruled(explained('grounds', ground)) : explained('grounds', ground),
      declined: explained('declines', declined),
      epochs: epochsAbout(stored),
      canAgree: mayAnswer(stored),
      canWithdraw: mayTakeBack(stored),
      needsConfirmation: stored.needsConfirmation,
    };
  }

  private names({ from, to }: ConsentableReferral, text: Text): { from: string; to: string } {
    return { from: this.named(from, text).name, to: this.named(to, text).name };
  }

  private named(id: string, { lang }: Text): { id: string; name: string } {
    return { id, name: this.routing.directory.nameOf(id, lang) };
  }
}

function whoReads(count: number, role: string, { t }: Text): MailboxReferral['whoReads'] {
  return { count, role, text: t('mailbox.referral.whoReadsText', { count: count.toString(), role }) };
}

function sharingOf({ state, consent, asksIdentity, ground }: ConsentableReferral): string[] {
  if (isEnded(state) && state !== 'opened') return [];
  // Who they are never goes along because they did not answer.
  const identity = consent === null ? asksIdentity && ground !== 'same_purpose' : readConsent(consent).share.length > 1;
  return ['case', identity ? 'identity' : 'not_identity', 'not_notes'];
}

/** The same state is true in other words where the person did not agree, or where somebody had begun to read. */
function variantOf({ state, consent, accepted }: ConsentableReferral): string {
  if ((state === 'consulted' || state === 'opened') && consent === null) return `${state}_without`;
  return (state === 'withdrawn' || state === 'declined') && accepted ? `${state}_late` : state;
}

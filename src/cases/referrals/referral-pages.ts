import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { staffFrame } from '../../agencies/staff-frame.js';
import { Routing } from '../../routing/routing.service.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { dayInWords } from '../../web/day.js';
import type { Language } from '../../web/translations.js';
import { requestText } from '../../web/views.js';
import { mayList } from '../case.policy.js';
import { journeyInWords } from '../journey-in-words.js';
import type { ReferralPage, ReferralQuestion } from './list-referrals.js';
import type { HandingOn, ReferralInClear } from './read-referral.js';
import { standingOf } from './referral-access.js';
import { groundsFor } from './referral-grounds.js';
import { DECLINE_REASONS } from './referral-reasons.js';
import { mayGround, mayRestOn } from './referral.policy.js';
import { isEnded, mayMoveReferral } from './referral-status.js';

/** Puts what the verbs of handing on found into the words of their pages. */
@Injectable()
export class ReferralPages {
  constructor(private readonly routing: Routing) {}

  /** A page of one of the lists. */
  list(actor: StaffActor, question: ReferralQuestion, page: ReferralPage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { direction, path } = question;
    const at = (more: object): string =>
      `/staff/referrals?${new URLSearchParams({ direction, path, ...more }).toString()}`;
    return {
      ...staffFrame(this.routing.directory, actor, lang),
      question,
      side: direction === 'coming' ? 'receiver' : 'sender',
      directions: ['coming', 'going'].map((one) => ({ one, href: at({ direction: one }) })),
      paths: (['complaint', 'disclosure'] as const)
        .filter((one) => mayList(actor, one))
        .map((one) => ({ one, href: at({ path: one }) })),
      first: question.after === undefined ? null : at({}),
      next: page.next === null ? null : at({ after: page.next }),
      rows: page.rows.map((row) => ({
        ...row,
        from: this.name(row.fromAgency, lang),
        to: this.name(row.toAgency, lang),
        proposedOn: dayInWords(row.proposedOn, lang),
      })),
    };
  }

  /** The page of a referral: what there is to say of it, and what this officer may do with it as it stands. */
  ofReferral(actor: StaffActor, read: ReferralInClear, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { referral, found, side, acceptedBy } = read;
    const { state } = referral;
    const sends = side === 'sender';
    const mine = acceptedBy?.mine === true;
    // Who looks at this page reads the note: what else it takes is for the policy to say.
    const reader = { person: actor, granted: true, walled: false };
    const grounds =
      state === 'proposed' && mayGround(reader, standingOf(referral, found)) ? groundsFor(found.path) : [];
    return {
      ...staffFrame(this.routing.directory, actor, lang),
      here: `/staff/referrals/${referral.id}`,
      found: { id: found.id, reference: found.reference, path: found.path },
      referral: {
        id: referral.id,
        state,
        side,
        from: this.name(referral.fromAgency, lang),
        to: this.name(referral.toAgency, lang),
        toId: referral.toAgency,
        reason: referral.reason,
        asks: referral.shareIdentity ? 'identity' : 'case',
        shared: read.shared === null ? null : read.shared.length > 1 ? 'identity' : 'case',
        agreed: agreementOf(read),
        ground: referral.ground,
        declinedReason: referral.declinedReason,
        acceptedBy: acceptedBy?.displayName ?? null,
        proposedOn: dayInWords(referral.proposedOn, lang),
        recipientConsultedOn: inWords(referral.recipientConsultedOn, lang),
        consultedOn: inWords(referral.consultedOn, lang),
        endedOn: inWords(referral.endedOn, lang),
      },
      next: !sends && state === 'granted' ? (mine ? 'granted_mine' : 'granted_other') : state,
      hasCase: found.agencyId === actor.agencyId,
      grounds: grounds.filter((ground) => mayRestOn(actor, referral, ground)),
      needsSecond: grounds.some((ground) => !mayRestOn(actor, referral, ground)),
      may: {
        accept: !sends && mayMoveReferral(state, 'granted'),
        open: !sends && mayMoveReferral(state, 'opened') && mine,
        // Once somebody has accepted, it is theirs to decline.
        decline: !sends && mayMoveReferral(state, 'declined') && (acceptedBy === null || mine),
        grantAgain: sends && state === 'grant_again',
        withdraw: sends && mayMoveReferral(state, 'withdrawn'),
      },
      declines: DECLINE_REASONS,
      journey: journeyInWords(this.routing.directory, read.journey, lang),
    };
  }

  /** How a case is being handed on, for the case's own page. */
  onCase({ journey, referral }: HandingOn, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const under = referral && !isEnded(referral.state) ? referral : null;
    return {
      journey:
        journey.handOffs + journey.bounceBacks > 0 || referral
          ? journeyInWords(this.routing.directory, journey, lang)
          : null,
      handingOn: under && {
        id: under.id,
        state: under.state,
        from: this.name(under.fromAgency, lang),
        to: this.name(under.toAgency, lang),
      },
    };
  }

  private name(id: string, lang: Language): string {
    return this.routing.directory.nameOf(id, lang);
  }
}

/** What is on record of the person's side: a yes, a ground without it, a yes after the fact, or nothing. */
function agreementOf({ referral: { consent, ground } }: ReferralInClear): 'consent' | 'ground' | 'late' | 'none' {
  if (consent !== null) return ground === null ? 'consent' : 'late';
  return ground === null ? 'none' : 'ground';
}

function inWords(day: string | null, lang: Language): string | null {
  return day === null ? null : dayInWords(day, lang);
}

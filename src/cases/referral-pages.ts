import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Routing } from '../routing/routing.service.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { dayInWords } from '../web/day.js';
import type { Language } from '../web/translations.js';
import { requestText } from '../web/views.js';
import { mayList } from './case.policy.js';
import type { Journey } from './journey-of-case.js';
import type { ReviewInClear, ReviewPage, ReviewRow } from './lead-desk.js';
import type { ReferralPage, ReferralQuestion } from './list-referrals.js';
import type { HandingOn, ReferralInClear } from './read-referral.js';
import { groundsFor } from './referral-grounds.js';
import { DECLINE_REASONS } from './referral-reasons.js';
import { isEnded } from './referral-status.js';

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
      ...this.frame(actor, lang),
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
    return {
      ...this.frame(actor, lang),
      here: `/staff/referrals/${referral.id}`,
      found: { id: found.id, reference: found.reference, path: found.path },
      referral: {
        id: referral.id,
        state,
        side,
        from: this.name(referral.fromAgency, lang),
        to: this.name(referral.toAgency, lang),
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
      grounds: sends && state === 'proposed' ? groundsFor(found.path) : [],
      may: {
        accept: !sends && state === 'consulted',
        open: !sends && state === 'granted' && mine,
        decline: !sends && (state === 'consulted' || (state === 'granted' && mine)),
        grantAgain: sends && state === 'grant_again',
        withdraw: sends && !isEnded(state) && state !== 'granted',
      },
      declines: DECLINE_REASONS,
      journey: this.journey(read.journey, lang),
    };
  }

  /** How a case is being handed on, for the case's own page. */
  onCase({ journey, referral }: HandingOn, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const under = referral && !isEnded(referral.state) ? referral : null;
    return {
      journey: journey.handOffs + journey.bounceBacks > 0 || referral ? this.journey(journey, lang) : null,
      handingOn: under && {
        id: under.id,
        state: under.state,
        from: this.name(under.fromAgency, lang),
        to: this.name(under.toAgency, lang),
      },
    };
  }

  /** The system lead's list. */
  reviews(actor: StaffActor, page: ReviewPage, after: string | undefined, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...this.frame(actor, lang),
      rows: page.rows.map((row) => this.row(row, lang)),
      longOverdue: page.longOverdue.map(({ agencyId, count, oldestDueOn }) => ({
        agency: this.name(agencyId, lang),
        count,
        oldestDueOn: inWords(oldestDueOn, lang),
      })),
      first: after === undefined ? null : '/staff/lead',
      next: page.next === null ? null : `/staff/lead?${new URLSearchParams({ after: page.next }).toString()}`,
    };
  }

  /** One case on the system lead's desk. */
  review(actor: StaffActor, read: ReviewInClear, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { referral, decision, advisedAgency, decidedOn } = read;
    return {
      ...this.frame(actor, lang),
      here: `/staff/lead/${read.id}`,
      review: {
        ...this.row(read, lang),
        decision,
        advised: advisedAgency === null ? null : this.name(advisedAgency, lang),
        decidedOn: inWords(decidedOn, lang),
        choices: read.choices,
      },
      waits: referral && {
        from: this.name(referral.fromAgency, lang),
        to: this.name(referral.toAgency, lang),
        reason: referral.reason,
        held: referral.state === 'held',
      },
      agencies: read.agencies.map(({ id }) => ({ id, name: this.name(id, lang) })),
    };
  }

  private row({ id, reference, why, openedOn, agencyId, journey }: ReviewRow, lang: Language): object {
    return {
      id,
      reference,
      why,
      openedOn: dayInWords(openedOn, lang),
      agency: this.name(agencyId, lang),
      journey: journey && this.journey(journey, lang),
    };
  }

  private journey(journey: Journey, lang: Language): object {
    return {
      ...journey,
      path: journey.path.map(({ agencyId, from, to }) => ({
        agency: this.name(agencyId, lang),
        from: dayInWords(from, lang),
        to: inWords(to, lang),
      })),
    };
  }

  private frame(actor: StaffActor, lang: Language): object {
    return { actor, agencyName: this.name(actor.agencyId, lang) };
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

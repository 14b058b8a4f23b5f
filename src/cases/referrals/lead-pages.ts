import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { staffFrame } from '../../agencies/staff-frame.js';
import { Routing } from '../../routing/routing.service.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { dayInWords } from '../../web/day.js';
import type { Language } from '../../web/translations.js';
import { requestText } from '../../web/views.js';
import { journeyInWords } from '../journey-in-words.js';
import type { ReviewInClear, ReviewPage, ReviewRow } from './read-reviews.js';

/** Puts what waits for the system lead into the words of its pages. */
@Injectable()
export class LeadPages {
  constructor(private readonly routing: Routing) {}

  /** The system lead's list. */
  reviews(actor: StaffActor, page: ReviewPage, after: string | undefined, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.routing.directory, actor, lang),
      rows: page.rows.map((row) => this.row(row, lang)),
      longOverdue: page.longOverdue.map(({ agencyId, count, oldestDueOn }) => ({
        agency: this.name(agencyId, lang),
        count,
        oldestDueOn: dayInWords(oldestDueOn, lang),
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
      ...staffFrame(this.routing.directory, actor, lang),
      here: `/staff/lead/${read.id}`,
      review: {
        ...this.row(read, lang),
        decision,
        advised: advisedAgency === null ? null : this.name(advisedAgency, lang),
        decidedOn: decidedOn === null ? null : dayInWords(decidedOn, lang),
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
      journey: journey && journeyInWords(this.routing.directory, journey, lang),
    };
  }

  private name(id: string, lang: Language): string {
    return this.routing.directory.nameOf(id, lang);
  }
}

import { Injectable } from '@nestjs/common';
import type { StoredItem } from '../cases/sealed-case.js';
import { dayInWords } from '../web/day.js';
import { clockFor } from '../clocks/open-clock.js';
import { Routing } from '../routing/routing.service.js';
import type { Language, Translate } from '../web/translations.js';
import type { MailboxSide } from './mailbox-side.js';
import { mayWrite } from './mailbox.policy.js';
import type { StoredSide } from './read-mailbox.js';
import { ReferralWords } from './referral-words.js';

interface Text {
  readonly t: Translate;
  readonly lang: Language;
}

/** Puts what is stored of a case into plain words, in the language of who reads it. */
@Injectable()
export class MailboxWords {
  constructor(
    private readonly routing: Routing,
    private readonly referrals: ReferralWords,
  ) {}

  side(stored: StoredSide, { t, lang }: Text): Omit<MailboxSide, 'opened'> {
    const { found, clock, events, notified, sealed } = stored;
    const { directory } = this.routing;
    const named = (id: string): { id: string; name: string } => ({ id, name: directory.nameOf(id, lang) });
    const agency = named(found.agencyId);
    // Before a case is placed its clock does not run yet, but it will from the same day.
    const standard = directory.get(found.agencyId)?.standard?.workingDays;
    const { basis, dueOn } = clock ?? clockFor(found, found.lodgedOn, standard);
    const { next, ...handingOn } = this.referrals.handingOn(stored.referrals, found, { t, lang });
    const waiting = found.status === 'placed' && found.delivery === 'triage_desk' ? 'triage' : found.status;
    return {
      reference: found.reference,
      status: { code: found.status, text: t(`mailbox.status.${found.status}`, { agency: agency.name }) },
      next: next ?? t(`mailbox.next.${waiting}`, { agency: agency.name }),
      path: found.path,
      delivery: found.delivery,
      destination: named(found.chosen ?? found.decidedFor ?? found.agencyId),
      agency,
      lodgedOn: found.lodgedOn,
      dueOn,
      limit: basis === 'pda_s13' ? 'guidance' : 'our_aim',
      dueInWords: t(`mailbox.due.${basis}`, { day: dayInWords(dueOn, lang), agency: agency.name }),
      timeline: events.map(({ kind, on, agencyId }) => ({
        kind,
        on,
        text: t(`mailbox.events.${kind}`, { agency: directory.nameOf(agencyId, lang) }),
      })),
      notified,
      open: mayWrite({ kind: 'mailbox', caseId: found.id }, found),
      ...handingOn,
      sealed: {
        ...sealed,
        items: this.signed(stored, sealed.items, lang),
      },
    };
  }

  /** Items with the name of the agency that wrote each, or null for the person. */
  signed({ found }: StoredSide, items: readonly StoredItem[], lang: Language): StoredItem[] {
    const nameOf = (id: string | null): string => this.routing.directory.nameOf(id ?? found.agencyId, lang);
    return items.map((item) => ({ ...item, by: item.author === 'agency' ? nameOf(item.by) : null }));
  }
}

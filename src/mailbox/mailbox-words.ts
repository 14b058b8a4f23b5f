import { Injectable } from '@nestjs/common';
import type { StoredItem } from '../cases/sealed-case.js';
import { dayInWords } from '../web/day.js';
import { clockFor } from '../clocks/open-clock.js';
import { Routing } from '../routing/routing.service.js';
import type { Language, Translate } from '../web/translations.js';
import type { MailboxCase, MailboxPart, MailboxSide } from './mailbox-side.js';
import { isOpenToPerson } from './mailbox.policy.js';
import type { StoredCase, StoredSide } from './read-mailbox.js';
import { ReferralWords } from './referral-words.js';
import { stepsInWords } from './step-words.js';

/** Outcomes after which the person may want somebody to look again. */
const ASK_AGAIN: ReadonlySet<string> = new Set(['partly_upheld', 'not_upheld', 'no_power', 'resolved', 'upheld']);

/** Where they can turn: not from the Ombudsman to the Ombudsman. */
function remedyAt(agencyId: string): 'ombudsman' | 'other' {
  return agencyId === 'ombudsman' ? 'ombudsman' : 'other';
}

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

  side(stored: StoredSide, text: Text): Omit<MailboxSide, 'opened'> {
    const { found, notified, rating, duties, parts } = stored;
    const agency = this.named(found.agencyId, text);
    return {
      ...this.ofCase(stored, text),
      path: found.path,
      delivery: found.delivery,
      destination: this.named(found.chosen ?? found.decidedFor ?? found.agencyId, text),
      lodgedOn: found.lodgedOn,
      lodgedWith: stored.lodgedWith,
      notified,
      rating,
      steps: duties && stepsInWords(duties, { ...text, agency }),
      parts: parts.map((part) => this.part(part, text)),
    };
  }

  private part(stored: StoredCase, text: Text): MailboxPart {
    const { id, partNumber } = stored.found;
    return { id, number: partNumber ?? 0, ...this.ofCase(stored, text) };
  }

  private ofCase(stored: StoredCase, { t, lang }: Text): Omit<MailboxCase, 'opened'> {
    const { found, clock, events, sealed } = stored;
    const { directory } = this.routing;
    const agency = this.named(found.agencyId, { t, lang });
    // Before a case is placed its clock does not run yet, but it will from the same day.
    const standard = directory.get(found.agencyId)?.standard?.workingDays;
    const { basis, dueOn } = clock ?? clockFor(found, found.lodgedOn, standard);
    const { next, ...handingOn } = this.referrals.handingOn(stored.referrals, found, { t, lang });
    const waiting = found.status === 'placed' && found.delivery === 'triage_desk' ? 'triage' : found.status;
    const { outcome } = found;
    const ended = outcome && { code: outcome, text: t(`mailbox.outcomes.${outcome}`, { agency: agency.name }) };
    const status = t(`mailbox.status.${found.status}`, { agency: agency.name });
    const afterwards =
      ended && ASK_AGAIN.has(ended.code)
        ? ` ${t(`mailbox.afterwards.${remedyAt(agency.id)}`, { agency: agency.name })}`
        : '';
    return {
      reference: found.reference,
      status: { code: found.status, text: ended ? `${status} ${ended.text}` : status },
      outcome: ended,
      next: next ?? t(`mailbox.next.${waiting}`, { agency: agency.name }) + afterwards,
      agency,
      dueOn,
      limit: basis === 'pda_s13' ? 'guidance' : 'our_aim',
      dueInWords: t(`mailbox.due.${basis}`, { day: dayInWords(dueOn, lang), agency: agency.name }),
      timeline: events.map(({ kind, on, agencyId }) => ({
        kind,
        on,
        text: t(`mailbox.events.${kind}`, { agency: directory.nameOf(agencyId, lang) }),
      })),
      open: isOpenToPerson(found),
      ...handingOn,
      sealed: {
        ...sealed,
        items: this.signed(stored, sealed.items, lang),
      },
    };
  }

  private named(id: string, { lang }: Text): { id: string; name: string } {
    return { id, name: this.routing.directory.nameOf(id, lang) };
  }

  /** Items with the name of the agency that wrote each, or null for the person. */
  signed({ found }: StoredCase, items: readonly StoredItem[], lang: Language): StoredItem[] {
    const nameOf = (id: string | null): string => this.routing.directory.nameOf(id ?? found.agencyId, lang);
    return items.map((item) => ({ ...item, by: item.author === 'agency' ? nameOf(item.by) : null }));
  }
}

import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { staffFrame } from '../agencies/staff-frame.js';
import { FACET_NAMES, UNKNOWN, type FacetName } from '../routing/facets.js';
import { Routing } from '../routing/routing.service.js';
import type { StaffActor } from '../staff/staff-actor.js';
import type { Language } from '../web/translations.js';
import { requestText } from '../web/views.js';
import type { CaseEventKind } from './case-event.entity.js';
import type { CasePath } from './case.entity.js';
import { mayClose, mayList } from './case.policy.js';
import { CASE_STATUSES } from './case-status.js';
import { dayInWords } from '../web/day.js';
import { HOLDERS, type InboxPage, type InboxQuestion } from './inbox.js';
import type { CaseInClear } from './read-case.js';

/** Puts what the desk's verbs found into the words of its pages. */
@Injectable()
export class DeskPages {
  constructor(private readonly routing: Routing) {}

  /** A page of one of the two lists. */
  list(actor: StaffActor, path: CasePath, question: InboxQuestion, page: InboxPage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const here = path === 'complaint' ? '/staff/inbox' : '/staff/disclosures';
    const { holder, status } = question;
    const next = page.next === null ? null : new URLSearchParams({ holder, status, after: page.next }).toString();
    return {
      ...staffFrame(this.routing.directory, actor, lang),
      path,
      here,
      otherList: mayList(actor, path === 'complaint' ? 'disclosure' : 'complaint'),
      question,
      holders: HOLDERS,
      statuses: CASE_STATUSES,
      next,
      rows: page.rows.map((row) => ({
        ...row,
        kind: row.topic === null ? null : this.facet('topic', row.topic, lang),
        lodgedOn: dayInWords(row.lodgedOn, lang),
        dueOn: row.dueOn === null ? null : dayInWords(row.dueOn, lang),
      })),
    };
  }

  /** The page of a case, and the pages on which something is done with it. */
  ofCase(actor: StaffActor, read: CaseInClear, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { found } = read;
    const nameOf = (id: string | null): string | null => (id === null ? null : this.routing.directory.nameOf(id, lang));
    const day = (text: string | null): string | null => (text === null ? null : dayInWords(text, lang));
    return {
      ...staffFrame(this.routing.directory, actor, lang),
      here: `/staff/cases/${found.id}`,
      list: found.path === 'complaint' ? '/staff/inbox' : '/staff/disclosures',
      found: {
        id: found.id,
        reference: found.reference,
        path: found.path,
        status: found.status,
        delivery: found.delivery,
        sealedWhere: found.sealedWhere,
        ruleset: found.ruleset,
        rules: found.rules,
        lodgedOn: day(found.lodgedOn),
        acknowledgedOn: day(found.acknowledgedOn),
        decidedFor: nameOf(found.decidedFor),
        chosen: nameOf(found.chosen),
      },
      facets: this.facetsInWords(found.facets, lang),
      overruled: read.overruled,
      clocks: read.clocks.map((clock) => ({ ...clock, dueOn: day(clock.dueOn), metOn: day(clock.metOn) })),
      events: read.events.map(({ kind, happenedOn, agencyId }) => ({
        words: wordsFor(kind, agencyId === actor.agencyId),
        agency: nameOf(agencyId),
        happenedOn: day(happenedOn),
      })),
      eventsLeftOff: read.eventsLeftOff,
      heldBy: read.heldBy,
      // Who looks at this page reads the case: what else it takes is for the policy to say.
      maySettle: mayClose({ person: actor, granted: true, walled: false }, found),
      // A disclosure's facets are sealed: its words are put beside them in the browser, which alone can read the codes.
      labels: found.path === 'disclosure' ? this.labels(lang) : null,
    };
  }

  private facetsInWords(facets: Record<string, string> | null, lang: Language): { name: FacetName; text: string }[] {
    if (facets === null) return [];
    return FACET_NAMES.flatMap((name) => {
      const code = facets[name];
      return code === undefined || code === UNKNOWN ? [] : [{ name, text: this.facet(name, code, lang) }];
    });
  }

  private facet(name: FacetName, code: string, lang: Language): string {
    const { catalogue, directory } = this.routing;
    if (name === 'about' && directory.has(code)) return directory.nameOf(code, lang);
    return catalogue.label(name, code, lang);
  }

  /** Every code of every facet in words, for the browser; agencies among them. */
  labels(lang: Language): string {
    const { catalogue, directory } = this.routing;
    const labels = FACET_NAMES.map((name) => [
      name,
      Object.fromEntries([...catalogue.codes(name).keys()].map((code) => [code, catalogue.label(name, code, lang)])),
    ]);
    const agencies = Object.fromEntries(directory.all().map(({ id }) => [id, directory.nameOf(id, lang)]));
    const all = Object.fromEntries(labels) as Record<string, Record<string, string>>;
    return JSON.stringify({ ...all, about: { ...agencies, ...all.about } });
  }
}

const TAKEN_ELSEWHERE: readonly CaseEventKind[] = ['placed', 'acknowledged', 'assigned', 'reply', 'closed'];

/** Steps of handing a case on name the agency, and so do those that another agency took while it had the case. */
function wordsFor(kind: CaseEventKind, ours: boolean): string {
  if (kind === 'handed_over' || kind.startsWith('referral_')) return `referrals.events.${kind}`;
  return !ours && TAKEN_ELSEWHERE.includes(kind) ? `referrals.elsewhere.${kind}` : `cases.events.${kind}`;
}

import { monthsAfter } from '../clocks/months.js';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../agencies/directory.js';
import { staffFrame } from '../agencies/staff-frame.js';
import { DeskPages } from '../cases/desk-pages.js';
import { todayInAuckland } from '../clocks/calendar.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { dayInWords } from '../web/day.js';
import { NotFound } from '../web/errors.js';
import type { Language } from '../web/translations.js';
import { requestText } from '../web/views.js';
import { ASSUMPTIONS } from './assumptions.js';
import { ACTIONS, STEP_KINDS } from './duty-steps.js';
import { NO_ACTION_REASONS } from './no-action.js';
import type { Duties } from './read-duties.js';
import type { DutyRound } from './read-steps.js';
import { supportInWords } from './support/support-pages.js';
import { MONTHS_AFTER_CLOSING } from './support/support-kinds.js';
import { WRONGDOING_KINDS } from './wrongdoing-kinds.js';

/* What is said unless something else is comes first. */
const KINDS = WRONGDOING_KINDS.toSorted((a, b) => Number(b === 'not-stated') - Number(a === 'not-stated'));

/** Puts how a disclosure stands into the words of its pages. */
@Injectable()
export class DutyPages {
  constructor(
    private readonly directory: Directory,
    private readonly desk: DeskPages,
  ) {}

  /** The page of the steps: what comes next, each of the five, and what was done. */
  list(actor: StaffActor, read: Duties, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { duties, support, names, notClosed } = read;
    return {
      ...this.frame(actor, read, lang),
      section: ASSUMPTIONS.twentyDays.section,
      clock: duties && { ...duties.clock, dueInWords: dayInWords(duties.clock.dueOn, lang) },
      standing: duties && standingInWords(duties, lang),
      taken: duties ? takenInWords(duties, names, lang) : [],
      support: support && supportInWords(support, lang),
      values: { recheckOn: monthsAfter(todayInAuckland(), MONTHS_AFTER_CLOSING) },
      // Who takes it up again closes it a second time, which is not counted.
      kinds: duties?.steps.some(({ kind }) => kind === 'reopen') === true ? [] : KINDS,
      notClosed,
      mayClose: read.found.status !== 'closed' && notClosed.length === 0,
    };
  }

  /** The page of one step. @throws {NotFound} where there is no such step */
  step(actor: StaffActor, read: Duties, step: string, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { duties } = read;
    if (step === 'reopen' || !STEP_KINDS.some((kind) => kind === step)) throw new NotFound();
    return {
      ...this.frame(actor, read, lang),
      step,
      number: (duties?.steps.length ?? 0) + 1,
      isOpen: duties?.standing.may.some((kind) => kind === step) === true,
      startedOn: duties?.clock.startedOn,
      dueInWords: duties && dayInWords(duties.standing.expectedOn ?? duties.clock.dueOn, lang),
      actions: ACTIONS,
      reasons: NO_ACTION_REASONS,
      section: ASSUMPTIONS.noAction.section,
      consultSection: ASSUMPTIONS.consultBeforeReferring.section,
      labels: this.desk.labels(lang),
    };
  }

  private frame(actor: StaffActor, { found }: Duties, lang: Language): object {
    return {
      ...staffFrame(this.directory, actor, lang),
      at: `/staff/cases/${found.id}`,
      here: `/staff/cases/${found.id}/duties`,
      found: { id: found.id, reference: found.reference, status: found.status },
    };
  }
}

function standingInWords({ standing }: DutyRound, lang: Language): object {
  const day = (on: string | null): string | null => (on === null ? null : dayInWords(on, lang));
  return {
    ...standing,
    next: standing.next && { ...standing.next, by: day(standing.next.by) },
    duties: standing.duties.map((duty) => ({ ...duty, doneOn: day(duty.doneOn), by: day(duty.by) })),
    expectedOn: day(standing.expectedOn),
    updateBy: day(standing.updateBy),
  };
}

function takenInWords({ steps, standing }: DutyRound, names: ReadonlyMap<string, string>, lang: Language): object[] {
  const day = (on: string | null): string | null => (on === null ? null : dayInWords(on, lang));
  return steps.map((step, at) => ({
    ...step,
    by: names.get(step.takenBy) ?? null,
    takenOn: day(step.takenOn),
    receivedOn: day(step.receivedOn),
    expectedOn: day(step.expectedOn),
    discloserConsultedOn: day(step.discloserConsultedOn),
    recipientConsultedOn: day(step.recipientConsultedOn),
    dueOn: day(standing.taken[at]?.by ?? null),
    isLate: standing.taken[at]?.isLate === true,
  }));
}

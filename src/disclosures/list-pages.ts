import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../agencies/directory.js';
import { staffFrame } from '../agencies/staff-frame.js';
import { mayExportRegister } from '../cases/case.policy.js';
import type { Days } from '../cases/register/days.dto.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { dayInWords } from '../web/day.js';
import { NotFound, type Invalid } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import type { Language } from '../web/translations.js';
import { requestText } from '../web/views.js';
import { ASSUMPTIONS } from './assumptions.js';
import { mayListDuties } from './disclosure.policy.js';
import type { OfList } from './duties.service.js';
import type { Standing } from './duty-steps.js';
import type { DecisionPage } from './list-decisions.js';
import { DUE_SOON, type DuePage } from './list-due.js';
import type { WithheldPage } from './list-withheld.js';
import { REGISTERS } from './registers.js';

/** Puts the lists of a disclosure officer into words. */
@Injectable()
export class ListPages {
  constructor(private readonly directory: Directory) {}

  /** For the list of disclosures: what is late, for its top, and what comes next on each of its lines, by their ids. */
  atTheTop({ late, next }: OfList, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      late: late.map((row) => ({ ...row, next: nextInWords(row.next, lang) })),
      nextSteps: Object.fromEntries([...next].map(([id, step]) => [id, nextInWords(step, lang)])),
    };
  }

  due(actor: StaffActor, { rows, support, after }: DuePage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      days: DUE_SOON,
      rows: rows.map((row) => ({ ...row, next: nextInWords(row.next, lang) })),
      support: support.map((row) => ({ ...row, dueOn: dayInWords(row.dueOn, lang) })),
      after,
    };
  }

  /** @throws {NotFound} to those who have no such lists */
  registers(actor: StaffActor, reply: FastifyReply): object {
    if (!mayListDuties(actor)) throw new NotFound();
    return { ...staffFrame(this.directory, actor, requestText(reply).lang), registers: REGISTERS };
  }

  noAction(actor: StaffActor, { rows, after }: DecisionPage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      rows: rows.map((row) => ({ ...row, takenOn: dayInWords(row.takenOn, lang) })),
      after,
    };
  }

  withheld(actor: StaffActor, days: Days, { rows, after }: WithheldPage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...this.withheldFrame(actor, { ...days }, lang),
      rows: rows.map((row) => ({ ...row, lodgedOn: dayInWords(row.lodgedOn, lang) })),
      next: after === null ? null : new URLSearchParams({ ...days, after }).toString(),
    };
  }

  /** The same page where the days that were asked for cannot be used. @throws {NotFound} to those who have no such list */
  noDays(actor: StaffActor, asked: Readonly<Record<string, unknown>>, wrong: Invalid, reply: FastifyReply): object {
    if (!mayListDuties(actor)) throw new NotFound();
    const { lang, t } = requestText(reply);
    return { ...this.withheldFrame(actor, asked, lang), problems: pageProblems(wrong.fields, t) };
  }

  private withheldFrame(actor: StaffActor, values: Readonly<Record<string, unknown>>, lang: Language): object {
    const section = ASSUMPTIONS.withholdWhatIdentifies.section;
    return { ...staffFrame(this.directory, actor, lang), values, section, complaints: mayExportRegister(actor) };
  }
}

function nextInWords(next: NonNullable<Standing['next']>, lang: Language): object {
  return { ...next, by: next.by === null ? null : dayInWords(next.by, lang) };
}

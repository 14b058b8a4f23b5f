import { monthsAfter } from '../../clocks/months.js';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import { DeskPages } from '../../cases/desk-pages.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { dayInWords } from '../../web/day.js';
import { NotFound } from '../../web/errors.js';
import type { Language } from '../../web/translations.js';
import { requestText } from '../../web/views.js';
import { mayBeWritten, type Support, type SupportRead } from './read-support.js';
import { MONTHS_AFTER_CLOSING, MONTHS_AHEAD, SUPPORT_KINDS, type SupportKind } from './support-kinds.js';

/** What is asked for each thing that is written, in its order; a level is chosen, and sealed as the rest. */
const ASKED: Readonly<Record<SupportKind, readonly { readonly field: string; readonly isLevel: boolean }[]>> = {
  assessment: [
    { field: 'who', isLevel: false },
    { field: 'likely', isLevel: true },
    { field: 'bad', isLevel: true },
    { field: 'protects', isLevel: false },
  ],
  plan: [
    { field: 'supporter', isLevel: false },
    { field: 'contact', isLevel: false },
    { field: 'agreed', isLevel: false },
  ],
  recheck: [{ field: 'found', isLevel: false }],
};

/** Puts how the person of a disclosure is supported into the words of its pages. */
@Injectable()
export class SupportPages {
  constructor(
    private readonly directory: Directory,
    private readonly desk: DeskPages,
  ) {}

  /** What was written, when it is looked at again, and what can be done if the person is punished. */
  list(actor: StaffActor, read: SupportRead, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { support } = read;
    return {
      ...this.frame(actor, read, lang),
      support: support && supportInWords(support, lang),
      may: support ? SUPPORT_KINDS.filter((kind) => mayBeWritten(support, kind)) : [],
    };
  }

  /** The page to write one of them. @throws {NotFound} where there is no such thing */
  write(actor: StaffActor, read: SupportRead, asked: string, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const kind = SUPPORT_KINDS.find((each) => each === asked);
    if (!kind) throw new NotFound();
    const months = read.found.status === 'closed' ? MONTHS_AFTER_CLOSING : MONTHS_AHEAD;
    return {
      ...this.frame(actor, read, lang),
      kind,
      isOpen: read.support !== null && mayBeWritten(read.support, kind),
      number: (read.support?.number ?? 0) + 1,
      asked: ASKED[kind],
      nextOn: monthsAfter(todayInAuckland(), months),
    };
  }

  private frame(actor: StaffActor, { found }: SupportRead, lang: Language): object {
    return {
      ...staffFrame(this.directory, actor, lang),
      at: `/staff/cases/${found.id}`,
      here: `/staff/cases/${found.id}/support`,
      found: { id: found.id, reference: found.reference, status: found.status },
      labels: this.desk.labels(lang),
    };
  }
}

/** How the person is supported, its days in words. */
export function supportInWords({ dueOn, reviews }: Support, lang: Language, today = todayInAuckland()): object {
  return {
    dueOn: dueOn && dayInWords(dueOn, lang),
    isDue: dueOn !== null && dueOn <= today,
    reviews: reviews.map((review) => ({
      ...review,
      madeOn: dayInWords(review.madeOn, lang),
      nextOn: review.nextOn && dayInWords(review.nextOn, lang),
    })),
  };
}

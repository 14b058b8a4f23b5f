import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { dayInWords } from '../../web/day.js';
import type { Language } from '../../web/translations.js';
import { requestText } from '../../web/views.js';
import { DUTIES } from '../duty-steps.js';
import { ReportReaders } from '../reports/report-readers.js';
import type { OversightBasis } from './count-steps.js';
import type { Figures, FiguresPage, HandedOn } from './oversight.service.js';

/* The picture, in its own units: it is as wide as the page lets it be. */
const WIDTH = 360;
const LINE = 44;

/** Puts what is counted into words and into a picture. */
@Injectable()
export class OversightPages {
  constructor(
    private readonly directory: Directory,
    private readonly reportReaders: ReportReaders,
  ) {}

  counts(actor: StaffActor, basis: OversightBasis, { rows, after }: FiguresPage<Figures>, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      reports: this.reportReaders.has(actor),
      basis,
      after,
      rows: rows.map(({ onTime, late, overdue, ...row }) => ({
        ...row,
        ...this.named(row, lang),
        onTime: sum(onTime),
        late: sum(late),
        overdue: sum(overdue),
      })),
    };
  }

  referrals(actor: StaffActor, { rows, after }: FiguresPage<HandedOn>, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      reports: this.reportReaders.has(actor),
      after,
      rows: rows.map(({ quarter, fromAgency, toAgency, made }) => ({
        quarter: quarterInWords(quarter),
        from: this.directory.nameOf(fromAgency, lang),
        to: this.directory.nameOf(toAgency, lang),
        made,
      })),
    };
  }

  steps(actor: StaffActor, found: readonly Figures[], reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const [first] = found;
    return {
      ...staffFrame(this.directory, actor, lang),
      ...(first && this.named(first, lang)),
      width: WIDTH,
      height: LINE * DUTIES.length,
      kinds: found.map((figures) => ({
        ...figures,
        countedOn: dayInWords(figures.countedOn, lang),
        steps: stepsOf(figures),
      })),
    };
  }

  private named(
    { quarter, agencyId }: Pick<Figures, 'quarter' | 'agencyId'>,
    lang: Language,
  ): { readonly agency: string; readonly quarterName: string } {
    return { agency: this.directory.nameOf(agencyId, lang), quarterName: quarterInWords(quarter) };
  }
}

/* Beside each figure the part of the bar that it takes. */
function stepsOf({ received, onTime, late, overdue }: Figures): object[] {
  const wide = (count: number): number => (received === 0 ? 0 : Math.round((count / received) * WIDTH));
  return DUTIES.map((duty, at) => {
    const counts = { onTime: onTime[at] ?? 0, late: late[at] ?? 0, overdue: overdue[at] ?? 0 };
    const open = received - sum(Object.values(counts));
    let x = 0;
    const bars = Object.entries(counts).flatMap(([name, count]) => {
      const bar = { name, x, width: wide(count) };
      x += bar.width;
      return bar.width > 0 ? [bar] : [];
    });
    return { duty, ...counts, open, bars, y: at * LINE };
  });
}

/** The calendar quarter that begins on a day, such as `2026 Q4`. */
function quarterInWords(quarter: string): string {
  return `${quarter.slice(0, 4)} Q${Math.ceil(Number(quarter.slice(5, 7)) / 3).toString()}`;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((so, one) => so + one, 0);
}

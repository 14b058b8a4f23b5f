import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../../../config/settings.js';
import { inLanguage } from '../../../agencies/data-file.js';
import { Directory } from '../../../agencies/directory.js';
import { staffFrame } from '../../../agencies/staff-frame.js';
import type { StaffActor } from '../../../staff/staff-actor.js';
import { dayInAuckland, dayInWords } from '../../../web/day.js';
import type { Language } from '../../../web/translations.js';
import { requestText } from '../../../web/views.js';
import { Publication } from '../publishing/publication.js';
import { releasePath } from '../release-url.js';
import { mayApproveRelease } from '../release.policy.js';
import { duePeriods } from './due-periods.js';
import type { ListedRelease, ReleasesPage } from './list-releases.js';

/** Puts releases into the words of their page. */
@Injectable()
export class ReleasePages {
  constructor(
    private readonly directory: Directory,
    private readonly publication: Publication,
    private readonly settings: Settings,
  ) {}

  /** The list, with what can be prepared and what this person can do to each. */
  list(actor: StaffActor, { rows, after }: ReleasesPage, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      after,
      due: this.due(lang),
      rows: rows.map((row) => this.row(actor, row, lang)),
    };
  }

  private row(actor: StaffActor, row: ListedRelease, lang: Language): object {
    const { dataset, period, number, state } = row;
    const day = (on: string | null): string | null => on && dayInWords(on, lang);
    const prepared = state === 'prepared';
    return {
      ...row,
      title: inLanguage(this.publication.datasets[dataset].title, lang),
      preparedOn: day(row.preparedOn),
      approvedOn: day(row.approvedOn),
      publishedOn: day(row.publishedOn),
      mayApprove: prepared && mayApproveRelease(actor, row, this.settings.TRIAGE_AGENCY),
      mayWithdraw: prepared,
      address: state === 'published' && number !== null ? this.addressOf({ dataset, period, number }) : null,
    };
  }

  private addressOf(name: Parameters<typeof releasePath>[0]): string {
    return `${this.publication.baseUrl}${releasePath(name)}`;
  }

  private due(lang: Language): object[] {
    return Object.values(this.publication.datasets).flatMap(({ id, title, periodKind }) =>
      duePeriods(periodKind, dayInAuckland()).map(({ text }) => ({
        value: `${id}~${text}`,
        text: `${inLanguage(title, lang)}, ${text}`,
      })),
    );
  }
}

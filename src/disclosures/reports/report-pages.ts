import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { dayInWords } from '../../web/day.js';
import type { Language } from '../../web/translations.js';
import { requestText } from '../../web/views.js';
import { ASSUMPTIONS } from '../assumptions.js';
import type { SealedReport } from './read-reports.js';
import type { ToReport } from './send-report.js';
import type { ReportRow, ReportRows } from './stored-report.js';

/** Puts reports of serious misconduct into words, all but those within. */
@Injectable()
export class ReportPages {
  constructor(private readonly directory: Directory) {}

  write(actor: StaffActor, { to, sent }: ToReport, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      to,
      taker: to && this.directory.nameOf(to.agency, lang),
      website: to && this.directory.get(to.agency)?.website,
      section: ASSUMPTIONS.noCentralReport.section,
      ...this.rows(sent, lang),
    };
  }

  list(actor: StaffActor, found: ReportRows, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    return { ...staffFrame(this.directory, actor, lang), reports: true, ...this.rows(found, lang) };
  }

  one(actor: StaffActor, found: SealedReport, reply: FastifyReply): object {
    const { lang } = requestText(reply);
    const { id, fromAgency: from, jwe, signers, proof } = found;
    return {
      ...staffFrame(this.directory, actor, lang),
      report: this.inWords(found, lang),
      sealed: { id, from, jwe, signers, proof },
    };
  }

  private rows({ rows, after }: ReportRows, lang: Language): object {
    return { rows: rows.map((row) => this.inWords(row, lang)), after };
  }

  private inWords({ id, fromAgency, madeOn, receivedOn }: ReportRow, lang: Language): object {
    return {
      id,
      agency: this.directory.nameOf(fromAgency, lang),
      madeOn: dayInWords(madeOn, lang),
      receivedOn: receivedOn && dayInWords(receivedOn, lang),
    };
  }
}

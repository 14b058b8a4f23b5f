import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { NotFound, type Invalid } from '../../web/errors.js';
import { pageProblems } from '../../web/page-problems.js';
import { requestText } from '../../web/views.js';
import { mayExportRegister, mayList } from '../case.policy.js';

/** Puts the form for the register of complaints on its page. */
@Injectable()
export class RegisterPages {
  constructor(private readonly directory: Directory) {}

  /**
   * @param values which days were asked for, good or bad
   * @throws {NotFound} to those who may not have the register
   */
  form(actor: StaffActor, values: Readonly<Record<string, unknown>>, reply: FastifyReply, wrong?: Invalid): object {
    if (!mayExportRegister(actor)) throw new NotFound();
    const { lang, t } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      values,
      disclosures: mayList(actor, 'disclosure'),
      problems: wrong && pageProblems(wrong.fields, t),
    };
  }
}

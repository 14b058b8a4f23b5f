import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Conflict, Invalid, NotFound } from '../web/errors.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { MailboxPages } from './mailbox-pages.js';
import { MailboxSessions, type MailboxSession } from './mailbox-sessions.js';
import { AnswerForm } from './referral-answers.dto.js';
import { ReferralAnswers } from './referral-answers.service.js';

/** The one form by which somebody without a script answers what is asked about handing their case on. */
@Controller('mailbox/case/referral')
export class MailboxReferralsController {
  constructor(
    private readonly sessions: MailboxSessions,
    private readonly answers: ReferralAnswers,
    private readonly pages: MailboxPages,
  ) {}

  @Post()
  async answer(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const session = await this.sessions.ofPage(request);
    if (!session) return reply.status(401).view('mailbox.njk', { values: {}, kept: valuesIn(body).text });
    try {
      await this.apply(session, check(AnswerForm, body));
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict || error instanceof NotFound)) throw error;
      const said = error instanceof Invalid ? 'choose' : 'changed';
      const { problems } = this.pages.problem('answer', requestText(reply).t(`mailbox.referral.${said}`), reply);
      const page = await this.pages.ofCase(session, undefined, reply);
      return reply.status(error.status).view('mailbox-case.njk', { ...page, values: valuesIn(body), problems });
    }
    if (valuesIn(body).text === '') return reply.redirect('/mailbox/case?answered=yes', 303);
    // Not by a redirect: what was written and could not be sent yet must not stand in an address.
    const page = await this.pages.ofCase(session, undefined, reply);
    return reply.view('mailbox-case.njk', { ...page, values: valuesIn(body), answered: true });
  }

  private apply(session: MailboxSession, { id, decision, identity }: AnswerForm): Promise<void> {
    switch (decision) {
      case 'agree':
        return this.answers.agreeInClear(session, id, identity === 'yes' ? ['case', 'identity'] : ['case']);
      case 'agree_without_name':
      case 'confirm':
        return this.answers.agreeInClear(session, id, ['case']);
      case 'refuse':
        return this.answers.refuse(session, id);
      case 'withdraw':
        return this.answers.takeBack(session, id);
      case 'retold':
        return this.answers.tellOfRetelling(session, id);
    }
  }
}

/** A message that goes with the answer, and for which part it is, to be given back; a form of ours sends each as one text. */
function valuesIn(body: unknown): { readonly text: string; readonly part: string } {
  const { text, part } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return { text: typeof text === 'string' ? text : '', part: typeof part === 'string' ? part : '' };
}

import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clearSite } from '../web/clear-site.js';
import { Conflict, Invalid, NotFound } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { MessageForm, PageQuery } from './mailbox.dto.js';
import { MailboxPages, PUNISHED } from './mailbox-pages.js';
import { MailboxService } from './mailbox.service.js';
import { MailboxSessions } from './mailbox-sessions.js';

/**
 * The pages of whoever comes back with a receipt. With a script `/mailbox` is the only one, and no word of the receipt
 * leaves it; the rest is the way without.
 */
@Controller('mailbox')
export class MailboxController {
  constructor(
    private readonly sessions: MailboxSessions,
    private readonly mailbox: MailboxService,
    private readonly pages: MailboxPages,
  ) {}

  @Get()
  closed(@Res() reply: FastifyReply): FastifyReply {
    return reply.view('mailbox.njk', { values: {} });
  }

  @Post()
  async open(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const typed = this.pages.typed(body, reply);
    if ('problems' in typed) return reply.status(422).view('mailbox.njk', { values: body, ...typed });
    try {
      await this.sessions.hold(request, reply, await this.sessions.beginInTurn(request, typed));
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      const unknown = this.pages.problem('receipt', requestText(reply).t('mailbox.unknown'), reply);
      return reply.status(404).view('mailbox.njk', { values: body, ...unknown });
    }
    return reply.redirect('/mailbox/case', 303);
  }

  @Get('case')
  async read(
    @Query() { after, part, sent, answered }: PageQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const session = await this.sessions.ofPage(request);
    if (!session) return reply.redirect('/mailbox', 303);
    return reply.view('mailbox-case.njk', {
      ...(await this.pages.ofCase(session, { after, part }, reply)),
      sent: sent === 'yes',
      answered: answered === 'yes',
    });
  }

  @Post('case/messages')
  async add(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const session = await this.sessions.ofPage(request);
    if (!session) return reply.status(401).view('mailbox.njk', { values: {}, kept: textIn(body, 'text') });
    try {
      const { id, text, part, support } = check(MessageForm, body);
      await this.mailbox.addText(session, id, text, { part, support: support === 'yes' });
    } catch (error) {
      const confirmFirst = error instanceof Conflict && error.code === 'confirm_first';
      if (!confirmFirst && !(error instanceof Invalid)) throw error;
      const page = await this.pages.ofCase(session, undefined, reply);
      const values = {
        text: textIn(body, 'text'),
        part: textIn(body, 'support') === 'yes' ? PUNISHED : textIn(body, 'part'),
      };
      const named = error.fields.map((one) => ({ ...one, field: this.pages.fieldOf(page, values.part, one.field) }));
      const problems = confirmFirst
        ? this.pages.confirmFirst(page, values.part, reply).problems
        : pageProblems(named, requestText(reply).t);
      return reply.status(error.status).view('mailbox-case.njk', { ...page, values, problems });
    }
    return reply.redirect('/mailbox/case?sent=yes', 303);
  }

  @Post('case/notify')
  async removeAddress(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const session = await this.sessions.ofPage(request);
    if (session) await this.mailbox.removeAddress(session);
    return reply.redirect(session ? '/mailbox/case' : '/mailbox', 303);
  }

  @Post('lock')
  async lock(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    await this.sessions.lockPage(request, reply);
    clearSite(reply);
    return reply.redirect('/mailbox', 303);
  }
}

/** What somebody wrote, to be given back to them; a form of ours sends it as one text. */
function textIn(body: unknown, field: 'text' | 'part' | 'support'): string {
  const text =
    typeof body === 'object' && body !== null && field in body ? (body as Record<string, unknown>)[field] : '';
  return typeof text === 'string' ? text : '';
}

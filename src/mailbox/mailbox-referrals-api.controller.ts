import { Body, Controller, Delete, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { MailboxSessions } from './mailbox-sessions.js';
import { ReferralAnswers } from './referral-answers.service.js';
import { ConsentDto, consentOf, requireNothing } from './referral-answers.dto.js';

/** The API's door for what a person says to their case being handed on. */
@Controller('api/v1/mailbox/referrals/:id')
export class MailboxReferralsApiController {
  constructor(
    private readonly sessions: MailboxSessions,
    private readonly answers: ReferralAnswers,
  ) {}

  @Post('consent')
  @HttpCode(204)
  async agree(@Param('id') id: string, @Body() body: ConsentDto, @Req() request: FastifyRequest): Promise<void> {
    const session = await this.sessions.ofCall(request);
    const consent = consentOf(body);
    await ('signed' in consent
      ? this.answers.agree(session, id, consent.signed)
      : this.answers.agreeInClear(session, id, consent.share));
  }

  @Delete('consent')
  @HttpCode(204)
  async takeBack(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.answers.takeBack(await this.sessions.ofCall(request), id);
  }

  @Post('refusal')
  @HttpCode(204)
  async refuse(@Param('id') id: string, @Body() body: unknown, @Req() request: FastifyRequest): Promise<void> {
    requireNothing(body);
    await this.answers.refuse(await this.sessions.ofCall(request), id);
  }

  @Post('retold')
  @HttpCode(204)
  async tellOfRetelling(@Param('id') id: string, @Body() body: unknown, @Req() request: FastifyRequest): Promise<void> {
    requireNothing(body);
    await this.answers.tellOfRetelling(await this.sessions.ofCall(request), id);
  }
}

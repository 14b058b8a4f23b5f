import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { dayInWords } from '../../web/day.js';
import { requestText } from '../../web/views.js';
import { FreshSignIn } from '../fresh-sign-in.js';
import { SignedIn } from '../signed-in.js';
import type { StaffActor } from '../staff-actor.js';
import { StaffOnly } from '../staff.guard.js';
import { DelegationForm } from './delegation.dto.js';
import { DelegationsService } from './delegations.service.js';

/** A lead's page for their absence: to whom their role is lent, and until when. */
@Controller('staff/delegations')
export class DelegationsController {
  constructor(private readonly delegations: DelegationsService) {}

  @Get()
  @StaffOnly()
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { standing, colleagues, days } = await this.delegations.read(actor);
    const { lang } = requestText(reply);
    await reply.view('staff-delegations.njk', {
      actor,
      standing: standing.map((lent) => ({ ...lent, untilDay: dayInWords(lent.untilDay, lang) })),
      colleagues,
      days,
    });
  }

  @Post()
  @FreshSignIn()
  @StaffOnly()
  async lend(
    @SignedIn() actor: StaffActor,
    @Body() { toId, untilDay }: DelegationForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.delegations.lend(actor, toId, untilDay);
    await reply.redirect('/staff/delegations', 303);
  }

  /** Leads to where everybody begins: what was ended may have been what led here. */
  @Post(':id/end')
  @StaffOnly()
  async end(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.delegations.end(actor, id);
    await reply.redirect('/staff', 303);
  }
}

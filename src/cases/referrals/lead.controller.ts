import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { LeadPages } from './lead-pages.js';
import { LeadDecisionForm, LeadQuery } from './lead.dto.js';
import { ReferralsService } from './referrals.service.js';

/** The system lead's desk: complaints that are sent round. */
@Controller('staff/lead')
@StaffOnly()
export class LeadController {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly pages: LeadPages,
  ) {}

  @Get()
  async list(@SignedIn() actor: StaffActor, @Query() { after }: LeadQuery, @Res() reply: FastifyReply): Promise<void> {
    const page = await this.referrals.reviews(actor, after);
    await reply.view('lead.njk', this.pages.reviews(actor, page, after, reply));
  }

  @Get(':id')
  async read(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const read = await this.referrals.review(actor, id);
    await reply.view('lead-review.njk', this.pages.review(actor, read, reply));
  }

  @Post(':id')
  async decide(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { decision, advisedAgency = '' }: LeadDecisionForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.referrals.decide(actor, id, { decision, ...(advisedAgency !== '' && { advisedAgency }) });
    await reply.redirect('/staff/lead', 303);
  }
}

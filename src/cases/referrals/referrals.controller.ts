import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { mayList } from '../case.policy.js';
import { CasesService } from '../cases.service.js';
import { DeskPages } from '../desk-pages.js';
import { ReferralPages } from './referral-pages.js';
import { REFERRAL_REASONS } from './referral-reasons.js';
import { GroundForm, ReferralsQuery } from './referral.dto.js';
import { ReferralsService } from './referrals.service.js';

/** Handing a case on: the lists, the page of a referral, and the form that begins one. */
@Controller('staff')
@StaffOnly()
export class ReferralsController {
  constructor(
    private readonly cases: CasesService,
    private readonly referrals: ReferralsService,
    private readonly desk: DeskPages,
    private readonly pages: ReferralPages,
  ) {}

  @Get('referrals')
  async list(
    @SignedIn() actor: StaffActor,
    @Query() question: ReferralsQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Whoever reads only disclosures has the other list.
    if (!mayList(actor, 'complaint') && mayList(actor, 'disclosure')) question.path = 'disclosure';
    const page = await this.referrals.list(actor, question);
    await reply.view('referrals.njk', this.pages.list(actor, question, page, reply));
  }

  @Get('referrals/:id')
  async read(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const read = await this.referrals.read(actor, id);
    await reply.view('referral.njk', this.pages.ofReferral(actor, read, reply));
  }

  @Post('referrals/:id/ground')
  async ground(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { ground }: GroundForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.referrals.ground(actor, id, ground);
    await reply.redirect(`/staff/referrals/${id}`, 303);
  }

  @Post('referrals/:id/withdraw')
  async withdraw(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.referrals.withdraw(actor, id);
    await reply.redirect(`/staff/referrals/${id}`, 303);
  }

  @Get('cases/:id/refer')
  async toPropose(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const read = await this.cases.read(actor, id);
    await reply.view('referral-propose.njk', {
      ...this.desk.ofCase(actor, read, reply),
      receivers: await this.referrals.receivers(actor, id),
      reasons: REFERRAL_REASONS,
    });
  }
}

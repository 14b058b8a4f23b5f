import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { AssignForm, TakeForm } from './assign-case.dto.js';
import { mayList } from './case.policy.js';
import { CasesService } from './cases.service.js';
import { DeskPages } from './desk-pages.js';
import { InboxQuery } from './inbox.dto.js';
import { ReferralPages } from './referrals/referral-pages.js';
import { ReferralsService } from './referrals/referrals.service.js';
import { RelatedPages } from './related-pages.js';

/** The desk: the lists, the page of a case, and a page for each thing to be done with it. */
@Controller('staff')
@StaffOnly()
export class CasesController {
  constructor(
    private readonly cases: CasesService,
    private readonly pages: DeskPages,
    private readonly referrals: ReferralsService,
    private readonly referralPages: ReferralPages,
    private readonly relatedPages: RelatedPages,
  ) {}

  @Get('inbox')
  async inbox(@SignedIn() actor: StaffActor, @Query() question: InboxQuery, @Res() reply: FastifyReply): Promise<void> {
    // Everybody lands here after signing in; who reads only disclosures has the other list.
    if (!mayList(actor, 'complaint') && mayList(actor, 'disclosure')) return reply.redirect('/staff/disclosures', 303);
    const page = await this.cases.inbox(actor, 'complaint', question);
    const tasks = await this.cases.openTasks(actor, 'complaint');
    await reply.view('inbox.njk', { ...this.pages.list(actor, 'complaint', question, page, reply), tasks });
  }

  @Get('cases/:id')
  async read(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const read = await this.cases.readWithTask(actor, id);
    const page = this.pages.ofCase(actor, read, reply);
    const handingOn = this.referralPages.onCase(await this.referrals.ofCase(actor, id), reply);
    const related = this.relatedPages.onCase(await this.cases.related(actor, id), reply);
    await reply.view('case.njk', { ...page, ...handingOn, ...related, untold: read.untold });
  }

  @Get('cases/:id/acknowledge')
  async toAcknowledge(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.view('case-acknowledge.njk', this.pages.ofCase(actor, await this.cases.read(actor, id), reply));
  }

  @Post('cases/:id/acknowledge')
  async acknowledge(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.cases.acknowledge(actor, id);
    await reply.redirect(`/staff/cases/${id}`, 303);
  }

  @Get('cases/:id/reply')
  async toReply(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('case-reply.njk', this.pages.ofCase(actor, await this.cases.read(actor, id), reply));
  }

  @Get('cases/:id/note')
  async toNote(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('case-note.njk', this.pages.ofCase(actor, await this.cases.read(actor, id), reply));
  }

  @Get('cases/:id/assign')
  async toAssign(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const read = await this.cases.readToAssign(actor, id);
    await reply.view('case-assign.njk', { ...this.pages.ofCase(actor, read, reply), candidates: read.candidates });
  }

  @Post('cases/:id/assign')
  async assign(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { to, heldBy }: AssignForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cases.assign(actor, id, to, heldBy === '' ? null : heldBy);
    await reply.redirect(`/staff/cases/${id}`, 303);
  }

  @Post('cases/:id/take')
  async take(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { heldBy }: TakeForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cases.take(actor, id, heldBy === '' ? null : heldBy);
    await reply.redirect(`/staff/cases/${id}`, 303);
  }
}

import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from '../../../staff/fresh-sign-in.js';
import { SignedIn } from '../../../staff/signed-in.js';
import type { StaffActor } from '../../../staff/staff-actor.js';
import { StaffOnly } from '../../../staff/staff.guard.js';
import { PrepareForm, ReleasesQuery } from './release-desk.dto.js';
import { ReleaseDesk } from './release-desk.js';
import { ReleasePages } from './release-pages.js';

const LIST = '/staff/open-data';

/** The page on which two people bring out a release of open data. */
@Controller('staff/open-data')
@StaffOnly()
export class ReleaseDeskController {
  constructor(
    private readonly desk: ReleaseDesk,
    private readonly pages: ReleasePages,
  ) {}

  @Get()
  async list(
    @SignedIn() actor: StaffActor,
    @Query() { after }: ReleasesQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.desk.list(actor, after);
    await reply.view('open-data-desk.njk', this.pages.list(actor, page, reply));
  }

  @Post('releases')
  @FreshSignIn()
  async prepare(
    @SignedIn() actor: StaffActor,
    @Body() { what }: PrepareForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.desk.prepare(actor, what);
    await reply.redirect(LIST, 303);
  }

  @Post('releases/:releaseId/approve')
  @FreshSignIn()
  async approve(
    @SignedIn() actor: StaffActor,
    @Param('releaseId') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.desk.approve(actor, id);
    await reply.redirect(LIST, 303);
  }

  @Post('releases/:releaseId/withdraw')
  async withdraw(
    @SignedIn() actor: StaffActor,
    @Param('releaseId') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.desk.withdraw(actor, id);
    await reply.redirect(LIST, 303);
  }
}

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OUTCOMES } from '../../cases/case-outcome.js';
import { CasesService } from '../../cases/cases.service.js';
import { DeskPages } from '../../cases/desk-pages.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { peopleAmong } from '../exclusions.js';
import { PassingOn, type PassedOn } from './pass-on.js';
import { PassedOnDto } from './passing-on.dto.js';

/** How an officer passes on a complaint that turns out to be a disclosure. */
@Controller('staff')
@StaffOnly()
export class PassingOnController {
  constructor(
    private readonly passingOn: PassingOn,
    private readonly cases: CasesService,
    private readonly pages: DeskPages,
  ) {}

  @Get('cases/:id/pass-on')
  async toPassOn(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const to = await this.passingOn.toPassOn(actor);
    const page = this.pages.ofCase(actor, await this.cases.read(actor, id), reply);
    const openBeside = await this.passingOn.isOpenBeside(actor, id);
    const { displayName: officer } = actor;
    const named = peopleAmong(to.readers);
    await reply.view('case-pass-on.njk', { ...page, to, named, openBeside, officer, outcomes: OUTCOMES });
  }

  @Post('api/passing-on')
  @HttpCode(201)
  passOn(
    @SignedIn() actor: StaffActor,
    @Body() body: PassedOnDto,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<PassedOn> {
    return this.passingOn.passOn(actor, body, key);
  }
}

import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { Invalid } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { DutiesService } from './duties.service.js';
import { DutyPages } from './duty-pages.js';
import { ClosingForm } from './steps.dto.js';

/** The steps that the law asks for on a disclosure, and a page for each. */
@Controller('staff/cases/:id/duties')
@StaffOnly()
export class DutiesController {
  constructor(
    private readonly duties: DutiesService,
    private readonly pages: DutyPages,
  ) {}

  @Get()
  async list(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('duties.njk', this.pages.list(actor, await this.duties.read(actor, id), reply));
  }

  @Get(':step')
  async step(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('step') step: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.view('duty-step.njk', this.pages.step(actor, await this.duties.read(actor, id), step, reply));
  }

  @Post('close')
  async close(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      await this.duties.close(actor, id, check(ClosingForm, body));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const page = this.pages.list(actor, await this.duties.read(actor, id), reply);
      const problems = pageProblems(error.fields, requestText(reply).t);
      await reply.status(422).view('duties.njk', { ...page, values: body, problems });
      return;
    }
    await reply.redirect(`/staff/cases/${id}/duties`, 303);
  }

  @Post('reopen')
  async reopen(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.duties.reopen(actor, id);
    await reply.redirect(`/staff/cases/${id}/duties`, 303);
  }
}

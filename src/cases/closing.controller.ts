import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { OUTCOMES } from './case-outcome.js';
import { CasesService } from './cases.service.js';
import { ClosingDto } from './close-case.dto.js';
import { DeskPages } from './desk-pages.js';
import { RelatedPages } from './related-pages.js';

/** How cases end, and are taken up again. */
@Controller('staff')
@StaffOnly()
export class ClosingController {
  constructor(
    private readonly cases: CasesService,
    private readonly pages: DeskPages,
    private readonly related: RelatedPages,
  ) {}

  @Get('cases/:id/close')
  async toClose(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const page = this.pages.ofCase(actor, await this.cases.read(actor, id), reply);
    const related = this.related.onCase(await this.cases.related(actor, id), reply);
    await reply.view('case-close.njk', { ...page, ...related, outcomes: OUTCOMES });
  }

  @Post('api/cases/:id/closing')
  @HttpCode(204)
  close(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { outcome, item }: ClosingDto): Promise<void> {
    return this.cases.close(actor, id, outcome, item);
  }

  @Post('cases/:id/reopen')
  async reopen(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.cases.reopen(actor, id);
    await reply.redirect(`/staff/cases/${id}`, 303);
  }
}

import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../config/database.js';
import { CORRECTION_REASONS } from '../routing/routing-correction.entity.js';
import { Routing } from '../routing/routing.service.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { requestText } from '../web/views.js';
import { caseFor, lockedCaseFor } from './case-access.js';
import { correctRouting, earlierCorrection, mayCorrect } from './correct-routing.js';
import { CorrectionForm } from './correction.dto.js';
import { DeskPages } from './desk-pages.js';
import { readCase } from './read-case.js';

/** "Should have gone to …": what an officer says of where the rules sent a complaint. */
@Controller('staff/cases/:id/correction')
@StaffOnly()
export class CorrectionsController {
  constructor(
    private readonly database: Database,
    private readonly routing: Routing,
    private readonly pages: DeskPages,
  ) {}

  @Get()
  async page(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { read, earlier } = await this.database.asActor(actor, async (manager) => {
      const found = await caseFor(manager, actor, id, mayCorrect);
      return { read: await readCase(manager, actor, id), earlier: await earlierCorrection(manager, actor, found) };
    });
    await reply.view('case-correction.njk', {
      ...this.pages.ofCase(actor, read, reply),
      agencies: this.routing.directory
        .listed(requestText(reply).lang)
        .filter(({ id: agency }) => agency !== read.found.decidedFor),
      whys: CORRECTION_REASONS,
      earlier,
    });
  }

  @Post()
  async correct(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { agency, why }: CorrectionForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.database.asActor(actor, async (manager) => {
      const found = await lockedCaseFor(manager, actor, id, mayCorrect);
      await correctRouting(manager, actor, found, { shouldBe: agency, why }, this.routing);
    });
    await reply.redirect(`/staff/cases/${id}`, 303);
  }
}

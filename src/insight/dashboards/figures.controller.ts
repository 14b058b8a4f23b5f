import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { Throttle } from '../../web/throttle.js';
import { requestText } from '../../web/views.js';
import { FiguresQuery, LearningForm } from './figures.dto.js';
import { FiguresPages } from './figures-pages.js';
import { FiguresService } from './figures.service.js';

/** Figures of complaints for analysts and leads: how many, and never which. */
@Controller('staff/figures')
@StaffOnly()
export class FiguresController {
  constructor(
    private readonly figures: FiguresService,
    private readonly pages: FiguresPages,
    private readonly throttle: Throttle,
  ) {}

  @Get()
  async overview(
    @SignedIn() actor: StaffActor,
    @Query() asked: FiguresQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(actor, 'overview', asked, reply);
  }

  @Post('learning')
  async learnt(@SignedIn() actor: StaffActor, @Body() form: LearningForm, @Res() reply: FastifyReply): Promise<void> {
    await this.figures.recordLearning(actor, form);
    await reply.redirect('/staff/figures/learning', 303);
  }

  @Post('learning/:id/take-back')
  async takenBack(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.figures.takeLearningBack(actor, id);
    await reply.redirect('/staff/figures/learning', 303);
  }

  @Get(':page')
  async show(
    @SignedIn() actor: StaffActor,
    @Param('page') page: string,
    @Query() asked: FiguresQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.takeAs('figures', actor.staffId);
    const looked = await this.figures.look(actor, page, asked, requestText(reply));
    await reply.view('figures.njk', this.pages.page(actor, looked));
  }

  @Get(':page/tables/:panel')
  async csv(
    @SignedIn() actor: StaffActor,
    @Param('page') page: string,
    @Param('panel') panel: string,
    @Query() asked: FiguresQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.takeAs('figures', actor.staffId);
    const csv = this.pages.csv(await this.figures.look(actor, page, asked, requestText(reply)), panel);
    await reply
      .header('content-disposition', `attachment; filename="${page}-${panel}.csv"`)
      .type('text/csv; charset=utf-8')
      .send(csv);
  }
}

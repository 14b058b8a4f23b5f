import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { AfterRow } from '../steps.dto.js';
import { ReadReports } from './read-reports.js';
import { ReceiveReport } from './receive-report.js';
import { ReportPages } from './report-pages.js';

/** The reports of serious misconduct, at the desk of those who take them. */
@Controller('staff/oversight/reports')
@StaffOnly()
export class ReportDeskController {
  constructor(
    private readonly reports: ReadReports,
    private readonly receiving: ReceiveReport,
    private readonly pages: ReportPages,
  ) {}

  @Get()
  async list(@SignedIn() actor: StaffActor, @Query() { after }: AfterRow, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('oversight-reports.njk', this.pages.list(actor, await this.reports.list(actor, after), reply));
  }

  @Get(':id')
  async read(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('oversight-report.njk', this.pages.one(actor, await this.reports.read(actor, id), reply));
  }

  @Post(':id/received')
  async receive(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.receiving.receive(actor, id);
    await reply.redirect(`/staff/oversight/reports/${id}`, 303);
  }
}

import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { AfterRow } from '../steps.dto.js';
import { ReportDto } from './report.dto.js';
import { ReportPages } from './report-pages.js';
import { SendReport, type Reported } from './send-report.js';

/** How an agency reports serious misconduct. */
@Controller('staff')
@StaffOnly()
export class ReportsController {
  constructor(
    private readonly reports: SendReport,
    private readonly pages: ReportPages,
  ) {}

  @Get('misconduct-report')
  async write(@SignedIn() actor: StaffActor, @Query() { after }: AfterRow, @Res() reply: FastifyReply): Promise<void> {
    const page = await this.reports.toReport(actor, after);
    await reply.view('misconduct-report.njk', this.pages.write(actor, page, reply));
  }

  @Post('api/misconduct-reports')
  @HttpCode(201)
  send(@SignedIn() actor: StaffActor, @Body() sent: ReportDto): Promise<Reported> {
    return this.reports.send(actor, sent);
  }
}

import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { FoundEntry } from '../../audit/search-entries.js';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { ExportQuery, LogQuery } from './log.dto.js';
import { LogPages } from './log-pages.js';
import { ReadLog } from './read-log.service.js';

/** The audit log for auditors: a page to search it, and the same for a script. */
@Controller('staff')
@StaffOnly()
export class LogController {
  constructor(
    private readonly log: ReadLog,
    private readonly pages: LogPages,
  ) {}

  @Get('audit')
  async page(@SignedIn() actor: StaffActor, @Query() query: LogQuery, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('audit-log.njk', this.pages.page(actor, query, await this.log.page(actor, query), reply));
  }

  /** A file to be kept or verified elsewhere, so it takes a fresh proof of who it is. */
  @Get('audit/export')
  @FreshSignIn()
  async export(@SignedIn() actor: StaffActor, @Query() query: ExportQuery, @Res() reply: FastifyReply): Promise<void> {
    const lines = await this.log.export(actor, query);
    await reply
      .header('content-type', 'application/jsonl; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit-log.jsonl"')
      .send(Readable.from(lines));
  }

  @Get('api/audit')
  async list(
    @SignedIn() actor: StaffActor,
    @Query() query: LogQuery,
  ): Promise<{ entries: readonly FoundEntry[]; next: string | null }> {
    const { entries, next } = await this.log.page(actor, query);
    return { entries, next };
  }
}

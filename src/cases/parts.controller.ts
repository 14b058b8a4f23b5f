import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { CasesService } from './cases.service.js';
import { DeskPages } from './desk-pages.js';
import { RelatedPages } from './related-pages.js';
import { NewPartDto } from './split-case.dto.js';

/** Splitting a case into parts. */
@Controller('staff')
@StaffOnly()
export class PartsController {
  constructor(
    private readonly cases: CasesService,
    private readonly pages: DeskPages,
    private readonly related: RelatedPages,
  ) {}

  @Get('cases/:id/split')
  async toSplit(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const page = this.pages.ofCase(actor, await this.cases.read(actor, id), reply);
    const related = this.related.onCase(await this.cases.related(actor, id), reply);
    await reply.view('case-split.njk', { ...page, ...related });
  }

  @Post('api/cases/:id/parts')
  @HttpCode(204)
  split(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: NewPartDto): Promise<void> {
    return this.cases.split(actor, id, sent);
  }
}

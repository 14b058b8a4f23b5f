import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { CasesService } from './cases.service.js';
import type { SealedCase } from './sealed-case.js';
import { AcknowledgementDto, AfterItem, NoteDto, ReplyDto } from './sealed-words.dto.js';

/** What the scripts of the desk's pages ask for and send: sealed words only. */
@Controller('staff/api/cases/:id')
@StaffOnly()
export class CasesApiController {
  constructor(private readonly cases: CasesService) {}

  @Get()
  read(@SignedIn() actor: StaffActor, @Param('id') id: string, @Query() { after }: AfterItem): Promise<SealedCase> {
    return this.cases.readSealed(actor, id, after);
  }

  @Post('acknowledgement')
  @HttpCode(204)
  acknowledge(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { item }: AcknowledgementDto,
  ): Promise<void> {
    return this.cases.acknowledge(actor, id, item);
  }

  @Post('replies')
  @HttpCode(204)
  reply(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { item }: ReplyDto): Promise<void> {
    return this.cases.reply(actor, id, item);
  }

  @Post('notes')
  @HttpCode(204)
  note(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { item, desk }: NoteDto): Promise<void> {
    return this.cases.note(actor, id, item, desk);
  }
}

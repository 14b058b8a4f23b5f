import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { ReplyDto } from '../sealed-words.dto.js';
import { countersignCase, lodgedAmong } from './countersign-case.js';
import { OpenedCommitmentsDto } from './countersigning.dto.js';
import type { ComparedLodging, Countersigned } from './seal-countersignature.js';

/** How an officer's browser has what it opened compared with what was promised, and signs. */
@Controller('staff/api/cases/:id')
@StaffOnly()
export class CountersigningController {
  constructor(private readonly database: Database) {}

  @Post('lodging')
  @HttpCode(200)
  compare(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { commitments }: OpenedCommitmentsDto,
  ): Promise<ComparedLodging> {
    return this.database.asActor(actor, (manager) => lodgedAmong(manager, actor, id, commitments));
  }

  @Post('countersignature')
  @HttpCode(200)
  sign(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { item }: ReplyDto): Promise<Countersigned> {
    return this.database.asActor(actor, (manager) => countersignCase(manager, actor, id, item));
  }
}

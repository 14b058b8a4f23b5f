import { Controller, Get, Query } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { DayHeadsQuery } from './audit-heads.dto.js';
import { readDayHeads, type DayHeads } from './day-heads.js';

/** The heads of the log of days, for anybody to keep: whoever has one can hold us to everything up to that day. */
@Controller('api/v1/audit/heads')
export class AuditHeadsController {
  constructor(private readonly database: Database) {}

  @Get()
  list(@Query() { after }: DayHeadsQuery): Promise<DayHeads> {
    return this.database.asActor({ kind: 'public' }, (manager) => readDayHeads(manager, after));
  }
}

import { Controller, Get, Param, Query } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import type { ReadersProof } from '../../vault/key-heads.js';
import type { AddedProof, StaffProof } from '../../vault/key-people.js';
import { AddedQuery, EntriesQuery } from './key-log.dto.js';
import { KeyLog } from './key-log.js';

/** The log as the browsers of staff ask for it, on their own side of the service. All of it is public as well. */
@Controller('staff/api/key-log')
@StaffOnly()
export class StaffKeyLogController {
  constructor(
    private readonly database: Database,
    private readonly keyLog: KeyLog,
  ) {}

  /** What shows which keys stand for the people of one's own agency. */
  @Get()
  async own(@SignedIn() actor: StaffActor): Promise<{ proof: StaffProof | null }> {
    return { proof: await this.database.asActor(actor, (manager) => this.keyLog.staffProof(manager, actor.agencyId)) };
  }

  /** What shows that keys were put into the log, for whoever reads what was signed with them. */
  @Get('added')
  async added(@SignedIn() actor: StaffActor, @Query() { kids }: AddedQuery): Promise<{ proof: AddedProof | null }> {
    return {
      proof: await this.database.asActor(actor, (manager) => this.keyLog.addedProof(manager, kids.split('.'))),
    };
  }

  /** All of it, page by page, for whoever must see that nothing was left out. */
  @Get('entries')
  async entries(@SignedIn() actor: StaffActor, @Query() { from }: EntriesQuery): Promise<{ entries: string[] }> {
    return { entries: await this.database.asActor(actor, (manager) => this.keyLog.entries(manager, Number(from))) };
  }

  @Get('agencies/:agency')
  async readers(
    @SignedIn() actor: StaffActor,
    @Param('agency') agency: string,
  ): Promise<{ proof: ReadersProof | null }> {
    return { proof: await this.database.asActor(actor, (manager) => this.keyLog.readersProof(manager, agency)) };
  }
}

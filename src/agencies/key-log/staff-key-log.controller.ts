import { Controller, Get, Param } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import type { ReadersProof, StaffProof } from '../../vault/key-heads.js';
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

  @Get('agencies/:agency')
  async readers(
    @SignedIn() actor: StaffActor,
    @Param('agency') agency: string,
  ): Promise<{ proof: ReadersProof | null }> {
    return { proof: await this.database.asActor(actor, (manager) => this.keyLog.readersProof(manager, agency)) };
  }
}

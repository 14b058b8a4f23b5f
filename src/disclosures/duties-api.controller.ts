import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { DutiesService } from './duties.service.js';
import {
  DealtStepDto,
  ElsewhereStepDto,
  LongerStepDto,
  NotedStepDto,
  ReceiptStepDto,
  ToldStepDto,
} from './steps.dto.js';

/** What the scripts of the pages of the steps send: sealed words, and what is in clear of a step. */
@Controller('staff/api/cases/:id/duties')
@StaffOnly()
export class DutiesApiController {
  constructor(private readonly duties: DutiesService) {}

  @Post('acknowledge')
  @HttpCode(204)
  acknowledge(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: ReceiptStepDto): Promise<void> {
    return this.duties.take(actor, id, 'acknowledge', sent);
  }

  @Post('consider')
  @HttpCode(204)
  consider(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: NotedStepDto): Promise<void> {
    return this.duties.take(actor, id, 'consider', sent);
  }

  @Post('elsewhere')
  @HttpCode(204)
  elsewhere(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: ElsewhereStepDto): Promise<void> {
    return this.duties.take(actor, id, 'elsewhere', sent);
  }

  @Post('extend')
  @HttpCode(204)
  extend(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: LongerStepDto): Promise<void> {
    return this.duties.take(actor, id, 'extend', sent);
  }

  @Post('update')
  @HttpCode(204)
  update(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: ToldStepDto): Promise<void> {
    return this.duties.take(actor, id, 'update', sent);
  }

  @Post('deal')
  @HttpCode(204)
  deal(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: DealtStepDto): Promise<void> {
    return this.duties.take(actor, id, 'deal', sent);
  }

  @Post('inform')
  @HttpCode(204)
  inform(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: ToldStepDto): Promise<void> {
    return this.duties.take(actor, id, 'inform', sent);
  }
}

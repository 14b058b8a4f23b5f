import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { RecheckDto, SupportDto } from './support.dto.js';
import { SupportService } from './support.service.js';

/** What the script of the pages of support sends: a sealed note, and the day on which it is looked at again. */
@Controller('staff/api/cases/:id/support')
@StaffOnly()
export class SupportApiController {
  constructor(private readonly support: SupportService) {}

  @Post('assessment')
  @HttpCode(204)
  assess(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: SupportDto): Promise<void> {
    return this.support.review(actor, id, 'assessment', sent);
  }

  @Post('plan')
  @HttpCode(204)
  plan(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: SupportDto): Promise<void> {
    return this.support.review(actor, id, 'plan', sent);
  }

  @Post('recheck')
  @HttpCode(204)
  recheck(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: RecheckDto): Promise<void> {
    return this.support.review(actor, id, 'recheck', sent);
  }
}

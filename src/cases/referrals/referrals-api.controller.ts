import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { DeclineDto, NewGrantsDto, NewReferralDto, OpeningDto } from './referral.dto.js';
import { ReferralsService } from './referrals.service.js';
import type { SealedCase } from '../sealed-case.js';
import type { ReferralReceiver, SealedReferral } from './sealed-referral.js';
import { AfterItem } from '../sealed-words.dto.js';

/** What the scripts of those who hand a case on and take it over ask for and send: sealed words only. */
@Controller('staff/api')
@StaffOnly()
export class ReferralsApiController {
  constructor(private readonly referrals: ReferralsService) {}

  @Get('cases/:id/receivers/:agencyId')
  receiver(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('agencyId') agencyId: string,
  ): Promise<ReferralReceiver> {
    return this.referrals.receiver(actor, id, agencyId);
  }

  @Post('cases/:id/referrals')
  @HttpCode(204)
  propose(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: NewReferralDto): Promise<void> {
    return this.referrals.propose(actor, id, sent);
  }

  @Get('referrals/:id')
  read(@SignedIn() actor: StaffActor, @Param('id') id: string): Promise<SealedReferral> {
    return this.referrals.readSealed(actor, id);
  }

  @Post('referrals/:id/grants')
  @HttpCode(204)
  grantAgain(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() sent: NewGrantsDto): Promise<void> {
    return this.referrals.grantAgain(actor, id, sent);
  }

  @Post('referrals/:id/acceptance')
  @HttpCode(204)
  accept(@SignedIn() actor: StaffActor, @Param('id') id: string): Promise<void> {
    return this.referrals.accept(actor, id);
  }

  @Get('referrals/:id/case')
  readCase(@SignedIn() actor: StaffActor, @Param('id') id: string, @Query() { after }: AfterItem): Promise<SealedCase> {
    return this.referrals.readCase(actor, id, after);
  }

  @Post('referrals/:id/opening')
  @HttpCode(204)
  open(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { epoch }: OpeningDto): Promise<void> {
    return this.referrals.open(actor, id, epoch);
  }

  @Post('referrals/:id/decline')
  @HttpCode(204)
  decline(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { reason, item }: DeclineDto): Promise<void> {
    return this.referrals.decline(actor, id, reason, item);
  }
}

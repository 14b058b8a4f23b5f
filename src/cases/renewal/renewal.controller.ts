import { Body, Controller, Get, HttpCode, Post, Query, Render } from '@nestjs/common';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { RenewGrants } from './renew-grants.js';
import type { GrantsToRenew } from './renewal.js';
import { RenewedGrantsDto, SkipDto } from './renewal.dto.js';

/** The page on which what somebody can read is handed over to their new keys, and what its script asks for. */
@Controller('staff')
@StaffOnly()
export class RenewalController {
  constructor(private readonly grants: RenewGrants) {}

  @Get('new-keys')
  @Render('new-keys.njk')
  page(@SignedIn() actor: StaffActor): object {
    return { actor };
  }

  @Get('api/new-keys/grants')
  next(@SignedIn() actor: StaffActor, @Query() { skip }: SkipDto): Promise<GrantsToRenew> {
    return this.grants.next(actor, skip);
  }

  @Post('api/new-keys/grants')
  @HttpCode(204)
  renew(@SignedIn() actor: StaffActor, @Body() { grants }: RenewedGrantsDto): Promise<void> {
    return this.grants.renew(actor, grants);
  }

  @Post('api/new-keys/finish')
  @HttpCode(204)
  finish(@SignedIn() actor: StaffActor): Promise<void> {
    return this.grants.finish(actor);
  }
}

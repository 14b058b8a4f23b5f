import { Body, Controller, Get, HttpCode, Param, Post, Render, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { mayEndMembership } from '../staff/staff.policy.js';
import { AgenciesService } from './agencies.service.js';
import { GrantForm, HoldingForm, NewKeyForm, RenewedGrantForm } from './agencies.dto.js';
import { AgencyKeysService } from './agency-keys.service.js';
import type { KeyState, OwnGrant } from './key-state.js';
import { mayMakeKey, mayOpenForIntake } from './agency.policy.js';
import { Directory } from './directory.js';
import { RenewOwnGrant } from './renew-own-grant.js';
import type { KeyRecipients } from './make-agency-key.js';

/** The agency's keys: the page of the key ceremony and what its script asks for. */
@Controller('staff')
@StaffOnly()
export class AgencyKeysController {
  constructor(
    private readonly keys: AgencyKeysService,
    private readonly agencies: AgenciesService,
    private readonly directory: Directory,
    private readonly renewal: RenewOwnGrant,
  ) {}

  @Get('keys')
  @Render('agency-keys.njk')
  async page(@SignedIn() actor: StaffActor): Promise<object> {
    const state = await this.keys.state(actor);
    return {
      actor,
      agencyName: this.directory.nameOf(actor.agencyId),
      state,
      holds: state.people.some(({ staffId, holds }) => holds && staffId === actor.staffId),
      may: { make: mayMakeKey(actor), open: mayOpenForIntake(actor) },
      leaving: state.people.filter((person) => mayEndMembership(actor, { ...person, agencyId: actor.agencyId })),
      ready: state.missing.length === 0,
    };
  }

  @Post('keys/open')
  @FreshSignIn()
  async open(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await this.agencies.openForIntake(actor);
    void reply.redirect('/staff/keys', 303);
  }

  @Post('keys/close')
  @FreshSignIn()
  async close(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await this.agencies.closeForIntake(actor);
    void reply.redirect('/staff/keys', 303);
  }

  @Get('api/keys')
  async state(@SignedIn() actor: StaffActor): Promise<KeyState> {
    return this.keys.state(actor);
  }

  @Get('api/keys/recipients')
  async recipients(@SignedIn() actor: StaffActor): Promise<KeyRecipients> {
    return this.keys.recipients(actor);
  }

  @Post('api/keys')
  @FreshSignIn()
  @HttpCode(204)
  async make(@SignedIn() actor: StaffActor, @Body() form: NewKeyForm): Promise<void> {
    await this.keys.makeKey(actor, form);
  }

  @Post('api/keys/:kid/renewal')
  @FreshSignIn()
  @HttpCode(204)
  async renew(@SignedIn() actor: StaffActor, @Param('kid') kid: string, @Body() form: NewKeyForm): Promise<void> {
    await this.keys.renewKey(actor, kid, form);
  }

  @Get('api/keys/grants')
  async grants(@SignedIn() actor: StaffActor): Promise<OwnGrant[]> {
    return this.keys.ownGrants(actor);
  }

  @Post('api/keys/holdings')
  @HttpCode(204)
  async confirm(@SignedIn() actor: StaffActor, @Body() form: HoldingForm): Promise<void> {
    await this.keys.confirmHolding(actor, form);
  }

  @Post('api/keys/grants')
  @FreshSignIn()
  @HttpCode(204)
  async grant(@SignedIn() actor: StaffActor, @Body() form: GrantForm): Promise<void> {
    await this.keys.grantKey(actor, form);
  }

  @Post('api/keys/grants/renewal')
  @HttpCode(204)
  async renewOwn(@SignedIn() actor: StaffActor, @Body() form: RenewedGrantForm): Promise<void> {
    await this.renewal.renew(actor, form);
  }
}

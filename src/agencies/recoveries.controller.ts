import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { AgencyKeysService } from './agency-keys.service.js';
import { mayBeRecoveredTo, mayMakeRecoveryKey } from './agency.policy.js';
import { Directory } from './directory.js';
import type { RecoveryTest } from './make-recovery-key.js';
import { AgencyGrantsForm, AgreementForm, AskForm, DrillForm } from './recoveries.dto.js';
import { RecoveriesService } from './recoveries.service.js';
import type { RecoveryAtHand } from './recovery-at-hand.js';
import { RecoveryKeysService } from './recovery-keys.service.js';

/** Trying a recovery kit out, and using it: the two pages, and what their scripts ask for. */
@Controller('staff')
@StaffOnly()
export class RecoveriesController {
  constructor(
    private readonly keys: AgencyKeysService,
    private readonly recovery: RecoveryKeysService,
    private readonly recoveries: RecoveriesService,
    private readonly directory: Directory,
  ) {}

  @Get('keys/drill')
  async drillPage(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { recovery, drillDue } = await this.keys.state(actor);
    const kits = (['complaints', 'disclosures'] as const).flatMap((purpose) => {
      const key = recovery[purpose];
      if (!key || !mayMakeRecoveryKey(actor, purpose)) return [];
      return [{ purpose, drilledOn: key.drilledOn, due: drillDue[purpose] }];
    });
    await reply.view('recovery-drill.njk', { actor, agencyName: this.directory.nameOf(actor.agencyId), kits });
  }

  @Get('keys/recovery')
  async recoveryPage(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { people } = await this.keys.state(actor);
    const kits = (await this.recoveries.usable(actor)).map(({ purpose, kid, madeOn, retiredAt }) => ({
      purpose,
      kid,
      madeOn,
      retired: retiredAt !== null,
      people: people.filter((one) => mayBeRecoveredTo(one, purpose)),
    }));
    const asked = await this.recoveries.asked(actor);
    await reply.view('recovery.njk', { actor, agencyName: this.directory.nameOf(actor.agencyId), kits, asked });
  }

  @Get('api/recovery-keys/:kid/test')
  test(@SignedIn() actor: StaffActor, @Param('kid') kid: string): Promise<RecoveryTest> {
    return this.recovery.test(actor, kid);
  }

  @Post('api/recovery-keys/:kid/drills')
  @HttpCode(204)
  drill(@SignedIn() actor: StaffActor, @Param('kid') kid: string, @Body() form: DrillForm): Promise<void> {
    return this.recovery.drill(actor, kid, form);
  }

  @Post('api/recoveries')
  @FreshSignIn()
  @HttpCode(204)
  ask(@SignedIn() actor: StaffActor, @Body() form: AskForm): Promise<void> {
    return this.recoveries.ask(actor, form);
  }

  @Post('api/recoveries/:id/confirmation')
  @FreshSignIn()
  @HttpCode(204)
  confirm(
    @SignedIn() actor: StaffActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { statement }: AgreementForm,
  ): Promise<void> {
    return this.recoveries.confirm(actor, id, statement);
  }

  @Get('api/recoveries/:id')
  open(@SignedIn() actor: StaffActor, @Param('id', ParseUUIDPipe) id: string): Promise<RecoveryAtHand> {
    return this.recoveries.open(actor, id);
  }

  @Post('api/recoveries/:id/agency-grants')
  @FreshSignIn()
  @HttpCode(204)
  grant(
    @SignedIn() actor: StaffActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { grants }: AgencyGrantsForm,
  ): Promise<void> {
    return this.recoveries.grantAgencyKeys(actor, id, grants);
  }
}

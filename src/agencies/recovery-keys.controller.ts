import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { AgencyKeysService } from './agency-keys.service.js';
import { SealedForm } from './agencies.dto.js';
import { mayMakeRecoveryKey } from './agency.policy.js';
import { Directory } from './directory.js';
import { NewRecoveryKeyForm, ProofsForm } from './recovery-keys.dto.js';
import { RecoveryKeysService } from './recovery-keys.service.js';

/** The recovery kits: the page where they are made, printed and typed back, and what its script asks for. */
@Controller('staff')
@StaffOnly()
export class RecoveryKeysController {
  constructor(
    private readonly keys: AgencyKeysService,
    private readonly recovery: RecoveryKeysService,
    private readonly directory: Directory,
  ) {}

  @Get('keys/kits')
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const state = await this.keys.state(actor);
    const kits = (['complaints', 'disclosures'] as const).map((purpose) => ({
      purpose,
      may: mayMakeRecoveryKey(actor, purpose),
      inUse: state.recovery[purpose],
      begun: state.unproven[purpose],
    }));
    await reply.view('recovery-kits.njk', {
      actor,
      agencyName: this.directory.nameOf(actor.agencyId),
      kits,
      state: { agencyId: state.agencyId, today: state.today },
      shares: [1, 2, 3],
    });
  }

  @Post('api/recovery-keys')
  @FreshSignIn()
  @HttpCode(204)
  async make(@SignedIn() actor: StaffActor, @Body() form: NewRecoveryKeyForm): Promise<void> {
    await this.recovery.make(actor, form);
  }

  @Post('api/recovery-keys/:kid/proofs')
  @HttpCode(204)
  async prove(@SignedIn() actor: StaffActor, @Param('kid') kid: string, @Body() { proofs }: ProofsForm): Promise<void> {
    await this.recovery.prove(
      actor,
      kid,
      proofs.map(({ statement }) => statement),
    );
  }

  /** `kid` is the complaints key's that is granted. */
  @Post('api/recovery-grants')
  @FreshSignIn()
  @HttpCode(204)
  async grant(@SignedIn() actor: StaffActor, @Body() form: SealedForm): Promise<void> {
    await this.recovery.grantToRecovery(actor, form);
  }
}

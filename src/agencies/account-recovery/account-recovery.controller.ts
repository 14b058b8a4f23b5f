import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Render, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import QRCode from 'qrcode';
import { colleagues } from '../../staff/colleagues.js';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { InvitationToken } from '../../staff/staff.dto.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { Database } from '../../../config/database.js';
import { AllowWasm } from '../../web/headers.js';
import { NotFound } from '../../web/errors.js';
import { Throttle } from '../../web/throttle.js';
import { requestText } from '../../web/views.js';
import { Directory } from '../directory.js';
import { staffFrame } from '../staff-frame.js';
import { AccountRecoveries } from './account-recoveries.js';
import { BeginRecoveryForm, CheckedForm, RecoveryForm } from './account-recovery.dto.js';
import { mayBeginRecovery } from './account-recovery.policy.js';
import { TakeUpRecovery, type RecoveryOffer } from './take-up-recovery.js';

const ANY_UUID = new ParseUUIDPipe({ exceptionFactory: () => new NotFound() });

/** Letting somebody in again who lost every way in: the page of those who do it, and the page of the one who is let in. */
@Controller('staff')
export class AccountRecoveryController {
  constructor(
    private readonly database: Database,
    private readonly throttle: Throttle,
    private readonly directory: Directory,
    private readonly recoveries: AccountRecoveries,
    private readonly takingUp: TakeUpRecovery,
  ) {}

  @Get('recoveries')
  @StaffOnly()
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('account-recoveries.njk', await this.content(actor, reply));
  }

  @Post('recoveries')
  @FreshSignIn()
  @StaffOnly()
  async begin(
    @SignedIn() actor: StaffActor,
    @Body() { staffId }: BeginRecoveryForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.recoveries.begin(actor, staffId);
    void reply.redirect('/staff/recoveries', 303);
  }

  /** The link is in the answer to the form itself and nowhere else: it is shown this once. */
  @Post('recoveries/:id/approve')
  @FreshSignIn()
  @StaffOnly()
  async approve(
    @SignedIn() actor: StaffActor,
    @Param('id', ANY_UUID) id: string,
    @Body() _checked: CheckedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const link = await this.recoveries.approve(actor, id);
    await reply.view('account-recoveries.njk', { ...(await this.content(actor, reply)), link });
  }

  /** Asks for no proof: whoever finds that somebody else is about to be let in as them must be able to stop it at once. */
  @Post('recoveries/:id/stop')
  @StaffOnly()
  async stop(
    @SignedIn() actor: StaffActor,
    @Param('id', ANY_UUID) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.recoveries.stop(actor, id);
    void reply.redirect('/staff', 303);
  }

  /** The token comes in the fragment, which stays in the browser; its script sends it in a body. */
  @Get('recover')
  @AllowWasm()
  @Render('staff-recover.njk')
  recoverPage(): object {
    return {};
  }

  @Post('api/recover/begin')
  @HttpCode(200)
  async look(
    @Body() { token }: InvitationToken,
    @Req() request: FastifyRequest,
  ): Promise<RecoveryOffer & { qr: string }> {
    this.throttle.take('invitation', request);
    const offer = await this.takingUp.begin(token);
    return { ...offer, qr: await QRCode.toString(offer.totpUri, { type: 'svg', margin: 2 }) };
  }

  @Post('api/recover')
  @HttpCode(204)
  async recover(@Body() form: RecoveryForm, @Req() request: FastifyRequest): Promise<void> {
    this.throttle.take('invitation', request);
    await this.takingUp.finish(form);
  }

  private async content(actor: StaffActor, reply: FastifyReply): Promise<object> {
    const recoveries = await this.recoveries.list(actor);
    const people = await this.database.asActor(actor, (manager) => colleagues(manager, actor.agencyId));
    const { lang } = requestText(reply);
    return {
      ...staffFrame(this.directory, actor, lang),
      recoveries,
      people: people.filter((person) => mayBeginRecovery(actor, { ...person, agencyId: actor.agencyId })),
    };
  }
}

import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import QRCode from 'qrcode';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { readCookie, setCookie } from '../web/cookies.js';
import { Throttle } from '../web/throttle.js';
import { Enrolment, type EnrolmentOffer } from './enrolment.js';
import { DEVICE_COOKIE, DEVICE_DAYS, markDevice, triesCountedBy } from './known-device.js';
import { ownKeys } from './own-keys.js';
import type { OwnKeys } from './personal-key.js';
import { SignIn } from './sign-in.js';
import { SignedIn } from './signed-in.js';
import { SlowDown } from './slow-down.js';
import type { StaffActor } from './staff-actor.js';
import { SESSION_COOKIE } from './staff-cookie.js';
import { InvitationToken, JoinForm, SaltQuestion, SignInTry } from './staff.dto.js';
import { StaffOnly } from './staff.guard.js';
import { StaffSecrets } from './staff-secrets.js';
import { normaliseUsername } from './username.js';

/** What the scripts of the sign-in pages ask for. */
@Controller('staff/api')
export class StaffApiController {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly throttle: Throttle,
    private readonly slowDown: SlowDown,
    private readonly secrets: StaffSecrets,
    private readonly enrolment: Enrolment,
    private readonly signIn: SignIn,
  ) {}

  @Post('sign-in/salt')
  @HttpCode(200)
  async salt(@Body() question: SaltQuestion): Promise<{ salt: string }> {
    return { salt: await this.signIn.salt(question.username) };
  }

  @Post('sign-in')
  @HttpCode(200)
  async enter(
    @Body() form: SignInTry,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OwnKeys> {
    const username = normaliseUsername(form.username);
    const mark = readCookie(request, this.settings, DEVICE_COOKIE);
    // By address first: who is refused there must not make the owner of an account wait.
    this.throttle.take('sign_in', request);
    const counter = triesCountedBy(this.secrets.devices, username, mark);
    await this.slowDown.take(counter);
    const { token, keys } = await this.signIn.signIn(form, readCookie(request, this.settings, SESSION_COOKIE));
    await this.slowDown.forget(counter);
    setCookie(reply, this.settings, SESSION_COOKIE, token);
    const maxAge = DEVICE_DAYS * 24 * 60 * 60;
    setCookie(reply, this.settings, DEVICE_COOKIE, markDevice(this.secrets.devices, username), { maxAge });
    return keys;
  }

  @Post('join/begin')
  @HttpCode(200)
  async begin(
    @Body() { token }: InvitationToken,
    @Req() request: FastifyRequest,
  ): Promise<EnrolmentOffer & { qr: string }> {
    this.throttle.take('invitation', request);
    const offer = await this.enrolment.begin(token);
    return { ...offer, qr: await QRCode.toString(offer.totpUri, { type: 'svg', margin: 2 }) };
  }

  @Post('join')
  @HttpCode(204)
  async join(@Body() form: JoinForm, @Req() request: FastifyRequest): Promise<void> {
    this.throttle.take('invitation', request);
    await this.enrolment.finish(form);
  }

  /** A person's own keys, sealed, for unlocking again without signing in again. */
  @Get('own-keys')
  @StaffOnly()
  async ownKeys(@SignedIn() actor: StaffActor): Promise<OwnKeys> {
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.keys_read', actor, subject: actor.staffId });
      return ownKeys(manager, actor.staffId);
    });
  }
}

import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../../config/settings.js';
import { readCookie, setCookie } from '../../web/cookies.js';
import { browserSecret } from '../../web/csrf.js';
import { Throttle } from '../../web/throttle.js';
import { Enrolment } from '../enrolment.js';
import type { OwnKeys } from '../personal-key.js';
import { InSession } from '../signed-in.js';
import { SESSION_COOKIE } from '../staff-cookie.js';
import { JoinWithPasskeyForm } from '../staff.dto.js';
import { StaffOnly } from '../staff.guard.js';
import type { StandingSession } from '../staff-sessions.js';
import { AssertionDto } from './passkey.dto.js';
import type { PasskeyQuestion } from './passkey.js';
import { ProveWithPasskey } from './prove-with-passkey.js';
import { SignInWithPasskey } from './sign-in-with-passkey.js';

/** What the scripts of the pages around signing in ask for, where a passkey is used. */
@Controller('staff/api')
export class PasskeysController {
  constructor(
    private readonly settings: Settings,
    private readonly throttle: Throttle,
    private readonly enrolment: Enrolment,
    private readonly signIn: SignInWithPasskey,
    private readonly proving: ProveWithPasskey,
  ) {}

  @Post('sign-in/passkey/begin')
  @HttpCode(200)
  ask(@Req() request: FastifyRequest): PasskeyQuestion {
    return this.signIn.ask(browserSecret(request, this.settings));
  }

  @Post('sign-in/passkey')
  @HttpCode(200)
  async enter(
    @Body() assertion: AssertionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OwnKeys> {
    this.throttle.take('sign_in', request);
    const browser = browserSecret(request, this.settings);
    const before = readCookie(request, this.settings, SESSION_COOKIE);
    const { token, keys } = await this.signIn.signIn(assertion, browser, before);
    setCookie(reply, this.settings, SESSION_COOKIE, token);
    return keys;
  }

  @Post('join/passkey')
  @HttpCode(204)
  async join(@Body() form: JoinWithPasskeyForm, @Req() request: FastifyRequest): Promise<void> {
    this.throttle.take('invitation', request);
    await this.enrolment.finishWithPasskey(form);
  }

  @Post('step-up/passkey/begin')
  @HttpCode(200)
  @StaffOnly()
  askAgain(@InSession() session: StandingSession): PasskeyQuestion {
    return this.proving.ask(session);
  }

  @Post('step-up/passkey')
  @HttpCode(204)
  @StaffOnly()
  async prove(
    @InSession() session: StandingSession,
    @Body() assertion: AssertionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    // By address only: a passkey cannot be guessed, and whoever has it is never kept waiting by who has not.
    this.throttle.take('sign_in', request);
    setCookie(reply, this.settings, SESSION_COOKIE, await this.proving.prove(session, assertion));
  }
}

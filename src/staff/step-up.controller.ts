import { Body, Controller, Get, HttpCode, Post, Render, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { setCookie } from '../web/cookies.js';
import { AllowWasm } from '../web/headers.js';
import { Throttle } from '../web/throttle.js';
import { InSession, SignedIn } from './signed-in.js';
import { SlowDown } from './slow-down.js';
import type { StaffActor } from './staff-actor.js';
import { SESSION_COOKIE } from './staff-cookie.js';
import { ProofForm } from './staff.dto.js';
import { StaffOnly } from './staff.guard.js';
import type { StandingSession } from './staff-sessions.js';
import { StepUp, type WaysToProve } from './step-up.js';

/** Proving again that it is the person who signed in. */
@Controller('staff')
@StaffOnly()
export class StepUpController {
  constructor(
    private readonly settings: Settings,
    private readonly throttle: Throttle,
    private readonly slowDown: SlowDown,
    private readonly stepUp: StepUp,
  ) {}

  @Get('step-up')
  @AllowWasm()
  @Render('staff-step-up.njk')
  page(@SignedIn() actor: StaffActor): object {
    return { actor };
  }

  @Get('api/step-up')
  async ways(@InSession() session: StandingSession): Promise<WaysToProve> {
    return this.stepUp.ways(session);
  }

  @Post('api/step-up')
  @HttpCode(204)
  async prove(
    @InSession() session: StandingSession,
    @Body() proof: ProofForm,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    // Counted by itself: nobody who is not signed in can make this person wait.
    const counter = `session:${session.actor.staffId}`;
    this.throttle.take('sign_in', request);
    await this.slowDown.take(counter);
    setCookie(reply, this.settings, SESSION_COOKIE, await this.stepUp.byPassphrase(session, proof));
    await this.slowDown.forget(counter);
  }
}

import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Render, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings.js';
import { setCookie } from '../web/cookies.js';
import { dayInWords } from '../web/day.js';
import { NotFound } from '../web/errors.js';
import { AllowWasm, widenForWasm } from '../web/headers.js';
import { requestText } from '../web/views.js';
import { FreshSignIn } from './fresh-sign-in.js';
import type { OwnKeys } from './personal-key.js';
import { RemoveWayIn } from './remove-way-in.js';
import { InSession, SignedIn } from './signed-in.js';
import type { StaffActor } from './staff-actor.js';
import { SESSION_COOKIE } from './staff-cookie.js';
import { StaffOnly } from './staff.guard.js';
import type { StandingSession } from './staff-sessions.js';
import { AddPasskeyForm, RemoveWayForm } from './ways-in.dto.js';
import { WaysIn, type PasskeyToMake, type WayIn } from './ways-in.js';
import { mayAddPassphrase, mayChangeWaysIn } from './ways-in.policy.js';

const ANY_UUID = new ParseUUIDPipe({ exceptionFactory: () => new NotFound() });

/** A person's ways to sign in: the pages, and what their scripts ask for. */
@Controller('staff')
@StaffOnly()
export class WaysInController {
  constructor(
    private readonly settings: Settings,
    private readonly waysIn: WaysIn,
    private readonly removal: RemoveWayIn,
  ) {}

  @Get('ways-in')
  @AllowWasm()
  @Render('staff-ways-in.njk')
  async page(@SignedIn() actor: StaffActor, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const ways = await this.waysIn.list(actor);
    const has = (kind: WayIn['kind']): boolean => ways.some((way) => way.kind === kind);
    const hasPasskey = has('passkey');
    const { passkeyRequiredFor } = this.settings;
    const { lang } = requestText(reply);
    return {
      actor,
      hasPasskey,
      ways: ways.map(({ addedOn, lastUsedOn, ...way }) => ({
        ...way,
        addedOn: dayInWords(addedOn, lang),
        lastUsedOn: lastUsedOn === null ? null : dayInWords(lastUsedOn, lang),
      })),
      passkeysNeeded: passkeyRequiredFor.size > 0,
      mayChange: mayChangeWaysIn(actor, { hasPasskey }),
      mayAddPassphrase: !has('passphrase') && mayAddPassphrase(actor, { passkeyRequiredFor }),
    };
  }

  @Get('ways-in/:id')
  @Render('staff-remove-way.njk')
  async removePage(
    @SignedIn() actor: StaffActor,
    @Param('id', ANY_UUID) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const ways = await this.waysIn.list(actor);
    const removed = ways.find((way) => way.id === id);
    if (!removed) throw new NotFound();
    // Only here: what is not there is answered as every page is that is not there.
    widenForWasm(reply);
    return { actor, removed, kept: ways.filter((way) => way !== removed && way.unlocks) };
  }

  @Post('api/ways-in/offer')
  @HttpCode(200)
  @FreshSignIn()
  offer(@InSession() session: StandingSession): Promise<PasskeyToMake> {
    return this.waysIn.offer(session);
  }

  @Post('api/ways-in')
  @HttpCode(204)
  @FreshSignIn()
  async add(@InSession() session: StandingSession, @Body() form: AddPasskeyForm): Promise<void> {
    await this.waysIn.addPasskey(session, form);
  }

  @Post('api/ways-in/:id/removal')
  @HttpCode(200)
  @FreshSignIn()
  async remove(
    @InSession() session: StandingSession,
    @Param('id', ANY_UUID) id: string,
    @Body() form: RemoveWayForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OwnKeys> {
    const { token, keys } = await this.removal.remove(session, id, form);
    setCookie(reply, this.settings, SESSION_COOKIE, token);
    return keys;
  }
}

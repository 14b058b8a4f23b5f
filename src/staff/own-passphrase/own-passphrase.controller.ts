import { Body, Controller, Get, HttpCode, Post, Render, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import QRCode from 'qrcode';
import { Settings } from '../../../config/settings.js';
import { setCookie } from '../../web/cookies.js';
import { widenForWasm } from '../../web/headers.js';
import { FreshSignIn } from '../fresh-sign-in.js';
import { InSession } from '../signed-in.js';
import { SESSION_COOKIE } from '../staff-cookie.js';
import { StaffOnly } from '../staff.guard.js';
import type { StandingSession } from '../staff-sessions.js';
import { AddPassphraseForm, CodeForm, PassphraseForm } from './own-passphrase.dto.js';
import { OwnPassphrase, type OfferedCode } from './own-passphrase.js';

/** Changing one's own passphrase or code, or adding them: the pages, and what their scripts send. */
@Controller('staff')
export class OwnPassphraseController {
  constructor(
    private readonly settings: Settings,
    private readonly own: OwnPassphrase,
  ) {}

  @Get('ways-in/passphrase')
  @FreshSignIn()
  @StaffOnly()
  @Render('staff-passphrase.njk')
  async page(@InSession() session: StandingSession, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const shown = await this.own.look(session);
    // Only here: what is not there is answered as every page is that is not there.
    widenForWasm(reply);
    return { actor: session.actor, ...shown, code: shown.code && (await drawn(shown.code)) };
  }

  @Get('ways-in/code')
  @FreshSignIn()
  @StaffOnly()
  @Render('staff-code.njk')
  async codePage(@InSession() session: StandingSession): Promise<object> {
    return { actor: session.actor, code: await drawn(await this.own.offerCode(session)) };
  }

  @Post('api/passphrase')
  @HttpCode(204)
  @FreshSignIn()
  @StaffOnly()
  async add(@InSession() session: StandingSession, @Body() form: AddPassphraseForm): Promise<void> {
    await this.own.add(session, form);
  }

  @Post('api/passphrase/change')
  @HttpCode(204)
  @FreshSignIn()
  @StaffOnly()
  async change(
    @InSession() session: StandingSession,
    @Body() form: PassphraseForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    setCookie(reply, this.settings, SESSION_COOKIE, await this.own.change(session, form));
  }

  @Post('api/passphrase/code')
  @HttpCode(204)
  @FreshSignIn()
  @StaffOnly()
  async changeCode(
    @InSession() session: StandingSession,
    @Body() form: CodeForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    setCookie(reply, this.settings, SESSION_COOKIE, await this.own.changeCode(session, form));
  }
}

/** With the secret as a picture, and in groups of four to be typed. */
async function drawn(code: OfferedCode): Promise<object> {
  const svg = await QRCode.toString(code.totpUri, { type: 'svg', margin: 2 });
  return {
    offer: code.offer,
    qr: `data:image/svg+xml,${encodeURIComponent(svg)}`,
    typed: code.totpSecret.replace(/(.{4})(?=.)/g, '$1 '),
  };
}

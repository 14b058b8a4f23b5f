import { Body, Controller, Get, Param, ParseUUIDPipe, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../../config/settings.js';
import { clearCookie, readCookie, setCookie } from '../../web/cookies.js';
import { dayInWords } from '../../web/day.js';
import { KnownError, Refused } from '../../web/errors.js';
import { Throttle } from '../../web/throttle.js';
import { requestText } from '../../web/views.js';
import { FreshSignIn } from '../fresh-sign-in.js';
import { ownPage } from '../own-page.js';
import { InSession, SignedIn } from '../signed-in.js';
import type { StaffActor } from '../staff-actor.js';
import { SESSION_COOKIE } from '../staff-cookie.js';
import { StaffOnly } from '../staff.guard.js';
import type { StandingSession } from '../staff-sessions.js';
import { ERRAND_SECONDS, type Errand } from './errand.js';
import { Identities } from './identities.js';
import { OpenIdErrands, type Identity } from './openid-errands.js';
import { OpenIdProviders } from './openid-providers.js';
import { NextForm } from './openid.dto.js';

const ERRAND_COOKIE = 'onedoor-staff-errand';

/** Signing in at one's agency: the pages that lead there, and where it leads back to. */
@Controller('staff')
export class OpenIdController {
  constructor(
    private readonly settings: Settings,
    private readonly throttle: Throttle,
    private readonly providers: OpenIdProviders,
    private readonly errands: OpenIdErrands,
    private readonly identities: Identities,
  ) {}

  @Post('openid/:provider/sign-in')
  async signIn(
    @Param('provider') provider: string,
    @Body() { next }: NextForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.throttle.take('sign_in', request);
    await this.send(reply, provider, { kind: 'sign_in', next: ownPage(next), session: null });
  }

  @Post('openid/:provider/link')
  @FreshSignIn()
  @StaffOnly()
  async link(
    @Param('provider') provider: string,
    @InSession() session: StandingSession,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(reply, provider, { kind: 'link', next: '/staff/identities', session: session.id });
  }

  @Post('openid/:provider/prove')
  @StaffOnly()
  async prove(
    @Param('provider') provider: string,
    @InSession() session: StandingSession,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(reply, provider, { kind: 'prove', next: '/staff', session: session.id });
  }

  /**
   * Where a provider leads back to. Another site leads here, so that no cookie comes along but the errand's, and the page
   * that answers goes on by itself: then all of them do.
   */
  @Get('openid/:provider/callback')
  async callback(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const cookie = readCookie(request, this.settings, ERRAND_COOKIE) ?? '';
    // Good once: whatever comes of it, the errand is over.
    clearCookie(reply, this.settings, ERRAND_COOKIE);
    try {
      this.throttle.take('sign_in', request);
      const { search } = new URL(request.url, this.settings.staffOrigin);
      const { errand, identity } = await this.errands.finish(provider, cookie, search);
      setCookie(reply, this.settings, SESSION_COOKIE, await this.done(errand, identity));
      await reply.view('staff-openid.njk', { outcome: errand.kind, next: errand.next });
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      await reply.status(error.status).view('staff-openid.njk', { outcome: error.code, next: '/staff/sign-in' });
    }
  }

  @Get('identities')
  @StaffOnly()
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { lang } = requestText(reply);
    const linked = (await this.identities.look(actor)).map((identity) => ({
      ...identity,
      linkedOn: dayInWords(identity.linkedOn, lang),
    }));
    await reply.view('staff-identities.njk', { actor, linked, providers: this.providers.all });
  }

  @Post('identities/:id/remove')
  @FreshSignIn()
  @StaffOnly()
  async unlink(
    @InSession() session: StandingSession,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    setCookie(reply, this.settings, SESSION_COOKIE, await this.identities.unlink(session, id));
    void reply.redirect('/staff/identities', 303);
  }

  /** A page that goes there by itself: a form may only lead to a page of ours. */
  private async send(
    reply: FastifyReply,
    id: string,
    errand: Pick<Errand, 'kind' | 'next' | 'session'>,
  ): Promise<void> {
    const { provider, url, cookie } = await this.errands.begin(id, errand);
    setCookie(reply, this.settings, ERRAND_COOKIE, cookie, { maxAge: ERRAND_SECONDS, sameSite: 'lax' });
    await reply.status(200).view('staff-openid-go.njk', { provider, url: url.href });
  }

  private async done(errand: Errand, identity: Identity): Promise<string> {
    if (errand.kind === 'sign_in') return this.identities.signIn(identity);
    if (errand.session === null) throw new Refused(403, 'openid', 'This errand is of no session.');
    return errand.kind === 'link'
      ? this.identities.link(errand.session, identity)
      : this.identities.prove(errand.session, identity);
  }
}

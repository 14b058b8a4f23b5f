import { Controller, Get, Param, ParseUUIDPipe, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { momentInWords } from '../web/day.js';
import { requestText } from '../web/views.js';
import { FreshSignIn } from './fresh-sign-in.js';
import { OpenIdProviders } from './openid/openid-providers.js';
import { OwnSessions } from './own-sessions.js';
import { InSession, SignedIn } from './signed-in.js';
import type { StaffActor } from './staff-actor.js';
import { StaffOnly } from './staff.guard.js';
import type { StandingSession } from './staff-sessions.js';

/** Where a person is signed in, and how they end it; an administrator ends it for a colleague. */
@Controller('staff')
@StaffOnly()
export class SessionsController {
  constructor(
    private readonly sessions: OwnSessions,
    private readonly providers: OpenIdProviders,
  ) {}

  @Get('sessions')
  async page(
    @SignedIn() actor: StaffActor,
    @InSession() current: StandingSession,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { lang } = requestText(reply);
    const sessions = (await this.sessions.list(actor)).map(({ since, seen, ...session }) => ({
      ...session,
      since: momentInWords(since, lang),
      seen: momentInWords(seen, lang),
      current: session.id === current.id,
    }));
    await reply.view('staff-sessions.njk', { actor, sessions, openid: this.providers.all.length > 0 });
  }

  @Post('sessions/:id/end')
  async end(
    @SignedIn() actor: StaffActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(actor, id);
    void reply.redirect('/staff/sessions', 303);
  }

  @Post('sessions/end-others')
  async endOthers(
    @SignedIn() actor: StaffActor,
    @InSession() current: StandingSession,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endOthers(actor, current.id);
    void reply.redirect('/staff/sessions', 303);
  }

  @Post('people/:staffId/end-sessions')
  @FreshSignIn()
  async endAllOf(
    @SignedIn() actor: StaffActor,
    @Param('staffId', ParseUUIDPipe) staffId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endAllOf(actor, staffId);
    void reply.redirect('/staff/people', 303);
  }
}

import { Controller, Get, Post, Query, Render, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { clearSite } from '../web/clear-site.js';
import { clearCookie, readCookie } from '../web/cookies.js';
import { AllowWasm } from '../web/headers.js';
import { OpenIdProviders } from './openid/openid-providers.js';
import { ownPage } from './own-page.js';
import { SignedIn } from './signed-in.js';
import type { StaffActor } from './staff-actor.js';
import { SESSION_COOKIE } from './staff-cookie.js';
import { StaffOnly } from './staff.guard.js';
import { mayHaveADesk, mayLeadTheSystem, mayReadFigures, mayListPeople } from './staff.policy.js';
import { StaffSessions } from './staff-sessions.js';

/** The pages around signing in. */
@Controller('staff')
export class StaffController {
  constructor(
    private readonly sessions: StaffSessions,
    private readonly settings: Settings,
    private readonly providers: OpenIdProviders,
  ) {}

  @Get()
  @StaffOnly()
  home(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): void {
    void reply.redirect(`/staff/${firstPage(actor, this.settings.TRIAGE_AGENCY)}`, 303);
  }

  @Get('sign-in')
  @AllowWasm()
  @Render('staff-sign-in.njk')
  signIn(@Query('next') next: unknown): object {
    return { next: ownPage(next), providers: this.providers.all };
  }

  /** The invitation's token comes in the fragment, which stays in the browser; its script sends it in a body. */
  @Get('join')
  @AllowWasm()
  @Render('staff-join.njk')
  join(): object {
    return {};
  }

  @Get('unlock')
  @StaffOnly()
  @AllowWasm()
  @Render('staff-unlock.njk')
  unlock(@SignedIn() actor: StaffActor): object {
    return { actor };
  }

  @Post('sign-out')
  @StaffOnly()
  async signOut(
    @SignedIn() actor: StaffActor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.close(actor, readCookie(request, this.settings, SESSION_COOKIE) ?? '');
    clearCookie(reply, this.settings, SESSION_COOKIE);
    // Whatever the page's script did or did not do, the browser lets go of the unlocked keys.
    clearSite(reply);
    void reply.redirect('/staff/sign-in', 303);
  }
}

/** Where somebody begins who did not ask for a page. */
function firstPage(actor: StaffActor, operatorAgency: string): string {
  if (mayHaveADesk(actor)) return 'inbox';
  if (mayLeadTheSystem(actor, operatorAgency)) return 'lead';
  if (actor.roles.includes('overseer')) return 'oversight';
  if (mayReadFigures(actor)) return 'figures';
  if ((actor.withheldRoles ?? []).length > 0) return 'ways-in';
  // How the agency's keys stand is for everybody who works there.
  return mayListPeople(actor) ? 'people' : 'keys';
}

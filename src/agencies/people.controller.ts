import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { lentAt } from '../staff/delegations/delegations.service.js';
import { AskedInvitations } from '../staff/asked-invitations/asked-invitations.service.js';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { listPeople } from '../staff/list-people.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { InviteForm } from '../staff/staff.dto.js';
import { OverseeingAgencies } from '../staff/overseeing-agencies.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { mayListPeople } from '../staff/staff.policy.js';
import { mayBeHeldAt, ROLES } from '../staff/roles.js';
import { dayInWords } from '../web/day.js';
import { Forbidden } from '../web/errors.js';
import { requestText } from '../web/views.js';
import { AgenciesService } from './agencies.service.js';
import { ConnectForm, PeopleQuestion } from './agencies.dto.js';
import { mayConnect } from './agency.policy.js';
import { Directory } from './directory.js';

/** An administrator's page: who works here, inviting people, connecting agencies. */
@Controller('staff/people')
@StaffOnly()
export class PeopleController {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly directory: Directory,
    private readonly agencies: AgenciesService,
    private readonly invitations: AskedInvitations,
    private readonly overseeing: OverseeingAgencies,
  ) {}

  @Get()
  async page(
    @SignedIn() actor: StaffActor,
    @Query() { after }: PeopleQuestion,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.view('people.njk', await this.content(actor, reply, after));
  }

  /** The link is in the answer to the form itself and nowhere else: it is shown this once. To grave roles there is none yet. */
  @Post('invite')
  @FreshSignIn()
  async invite(@SignedIn() actor: StaffActor, @Body() form: InviteForm, @Res() reply: FastifyReply): Promise<void> {
    const made = await this.invitations.ask(actor, form);
    if (made) await reply.view('people.njk', { ...(await this.content(actor, reply)), link: made.link });
    else await reply.redirect('/staff/role-changes', 303);
  }

  @Post('connect')
  @FreshSignIn()
  async connect(@SignedIn() actor: StaffActor, @Body() form: ConnectForm, @Res() reply: FastifyReply): Promise<void> {
    await this.agencies.connect(actor, form);
    void reply.redirect('/staff/people', 303);
  }

  private async content(actor: StaffActor, reply: FastifyReply, after?: string): Promise<object> {
    if (!mayListPeople(actor)) throw new Forbidden();
    const { people, next, lent } = await this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.people_viewed', actor });
      return { ...(await listPeople(manager, actor.agencyId, after)), lent: await lentAt(manager, actor) };
    });
    const { lang } = requestText(reply);
    const operator = mayConnect(actor, this.settings.TRIAGE_AGENCY);
    const connected = operator ? await this.agencies.connected(actor) : [];
    const place = { isOperator: operator, oversees: this.overseeing.has(actor.agencyId) };
    // Elsewhere than at their own agency the operator's administrator invites the first administrator, and nobody else.
    const begun = connected.filter(({ id, hasPeople }) => !hasPeople && id !== actor.agencyId);
    const named = (id: string): { id: string; name: string } => ({ id, name: this.directory.nameOf(id) });
    const all = this.directory.all().filter(({ kind }) => kind !== 'guard_entry');
    return {
      actor,
      agencyName: this.directory.nameOf(actor.agencyId),
      people,
      next,
      after,
      lent: lent.map((one) => ({ ...one, untilDay: dayInWords(one.untilDay, lang) })),
      roles: ROLES.filter((role) => mayBeHeldAt([role], place)),
      agencies: [actor.agencyId, ...begun.map(({ id }) => id)].map(named),
      // Those that are connected too: connecting one again changes where its notices go.
      connectable: operator ? all.map(({ id }) => named(id)) : [],
      operator,
    };
  }
}

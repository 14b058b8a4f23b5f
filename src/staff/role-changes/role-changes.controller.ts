import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { dayInWords } from '../../web/day.js';
import { requestText } from '../../web/views.js';
import { AskedInvitations } from '../asked-invitations/asked-invitations.service.js';
import { FreshSignIn } from '../fresh-sign-in.js';
import { SignedIn } from '../signed-in.js';
import type { StaffActor } from '../staff-actor.js';
import { StaffOnly } from '../staff.guard.js';
import { RolesForm } from './role-changes.dto.js';
import { RoleChanges } from './role-changes.service.js';

/** Changing what somebody may do, and the second look at it. */
@Controller('staff')
export class RoleChangesController {
  constructor(
    private readonly changes: RoleChanges,
    private readonly invitations: AskedInvitations,
  ) {}

  @Get('people/:staffId/roles')
  @StaffOnly()
  async page(
    @SignedIn() actor: StaffActor,
    @Param('staffId') staffId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.view('staff-roles.njk', { actor, ...(await this.changes.person(actor, staffId)) });
  }

  @Post('people/:staffId/roles')
  @FreshSignIn()
  @StaffOnly()
  async ask(
    @SignedIn() actor: StaffActor,
    @Param('staffId') staffId: string,
    @Body() { roles }: RolesForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const outcome = await this.changes.ask(actor, staffId, roles);
    await reply.redirect(outcome === 'waiting' ? '/staff/role-changes' : '/staff/people', 303);
  }

  @Get('role-changes')
  @StaffOnly()
  async waiting(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { lang } = requestText(reply);
    const changes = await this.changes.waiting(actor);
    const invitations = await this.invitations.waiting(actor);
    const inWords = <T extends { askedOn: string }>(one: T): T => ({ ...one, askedOn: dayInWords(one.askedOn, lang) });
    await reply.view('staff-role-changes.njk', {
      actor,
      changes: changes.map(inWords),
      invitations: invitations.map(inWords),
    });
  }

  @Post('role-changes/:id/approve')
  @FreshSignIn()
  @StaffOnly()
  async approve(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.changes.decide(actor, id, true);
    await reply.redirect('/staff/role-changes', 303);
  }

  @Post('role-changes/:id/refuse')
  @StaffOnly()
  async refuse(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.changes.decide(actor, id, false);
    await reply.redirect('/staff/role-changes', 303);
  }
}

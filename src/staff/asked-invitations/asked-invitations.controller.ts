import { Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from '../fresh-sign-in.js';
import { SignedIn } from '../signed-in.js';
import type { StaffActor } from '../staff-actor.js';
import { StaffOnly } from '../staff.guard.js';
import { AskedInvitations } from './asked-invitations.service.js';

/** The second look at an invitation. */
@Controller('staff/asked-invitations/:id')
@StaffOnly()
export class AskedInvitationsController {
  constructor(private readonly invitations: AskedInvitations) {}

  /** The link is in this answer and nowhere else: it is shown this once. */
  @Post('approve')
  @HttpCode(200)
  @FreshSignIn()
  async approve(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { link } = await this.invitations.approve(actor, id);
    await reply.view('staff-invitation-approved.njk', { actor, link });
  }

  @Post('refuse')
  async refuse(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.invitations.refuse(actor, id);
    await reply.redirect('/staff/role-changes', 303);
  }
}

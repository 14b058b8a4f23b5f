import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from './fresh-sign-in.js';
import { PublishedNames } from './published-names.js';
import { SignedIn } from './signed-in.js';
import type { StaffActor } from './staff-actor.js';
import { PublishedNameForm } from './staff.dto.js';
import { StaffOnly } from './staff.guard.js';

/** Publishing who a disclosure officer is; its form stands on the page of their roles. */
@Controller('staff/people/:staffId/published-name')
@StaffOnly()
export class PublishedNamesController {
  constructor(private readonly names: PublishedNames) {}

  @Post()
  @FreshSignIn()
  async set(
    @SignedIn() actor: StaffActor,
    @Param('staffId') staffId: string,
    @Body() { publishedAs }: PublishedNameForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.names.set(actor, staffId, publishedAs.trim());
    await reply.redirect('/staff/people', 303);
  }
}

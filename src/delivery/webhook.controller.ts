import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { Invalid } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { WebhookForm } from './webhook.dto.js';
import { WebhookService } from './webhook.service.js';

/** The page of an agency's administrator: where its own system is called, and how that goes. */
@Controller('staff/webhook')
@StaffOnly()
export class WebhookController {
  constructor(private readonly webhooks: WebhookService) {}

  @Get()
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('webhook.njk', { actor, state: await this.webhooks.read(actor) });
  }

  @Post()
  @FreshSignIn()
  async set(@SignedIn() actor: StaffActor, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    try {
      await this.webhooks.set(actor, check(WebhookForm, body).url);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const problems = pageProblems(error.fields, requestText(reply).t);
      const state = await this.webhooks.read(actor);
      // What was typed is not shown again: it may hold a password that has no business in a page.
      await reply.status(422).view('webhook.njk', { actor, state, problems });
      return;
    }
    await reply.redirect('/staff/webhook', 303);
  }

  @Post('test')
  async test(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await this.webhooks.test(actor);
    await reply.redirect('/staff/webhook', 303);
  }

  @Post('remove')
  @FreshSignIn()
  async remove(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await this.webhooks.remove(actor);
    await reply.redirect('/staff/webhook', 303);
  }
}

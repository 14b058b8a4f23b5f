import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Routing } from '../routing/routing.service.js';
import { Drafts } from './drafts.js';
import { WayDto } from './journey.dto.js';
import { tryCheck } from './try-check.js';
import { sentTheOtherWay, waysOf } from './ways.js';

/** What the Act calls serious wrongdoing, (a) to (e) of section 10. */
const SERIOUS = ['offence', 'risk', 'law', 'money', 'conduct'] as const;

/** What serious wrongdoing is, in plain words, and the two ways that something can go. */
@Controller()
export class WaysController {
  constructor(
    private readonly drafts: Drafts,
    private readonly routing: Routing,
  ) {}

  /** To tick for oneself: nothing of it is sent, and nobody is kept from going on. */
  @Get('screen')
  async screen(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    return draft ? reply.view('screen.njk', { serious: SERIOUS }) : reply.redirect('/start', 303);
  }

  @Get('ways')
  async ways(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    const ways = draft && waysOf(this.routing, draft.answers);
    return ways ? reply.view('ways.njk', ways) : reply.redirect('/start', 303);
  }

  @Post('ways')
  @HttpCode(200)
  async choose(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const draft = await this.drafts.open(request, reply);
    const ways = draft && waysOf(this.routing, draft.answers);
    if (!ways) return reply.redirect('/start', 303);
    const { value, problems } = tryCheck(WayDto, body, reply);
    const answers = value && sentTheOtherWay(ways, draft.answers, value.answer);
    if (!answers) {
      const wrong = problems ?? tryCheck(WayDto, {}, reply).problems;
      return reply.status(422).view('ways.njk', { ...ways, problems: wrong });
    }
    await this.drafts.put(request, reply, { answers });
    return reply.redirect('/decision', 303);
  }
}

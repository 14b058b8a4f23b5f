import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../web/errors.js';
import { Throttle } from '../web/throttle.js';
import { MailboxProofs } from './mailbox-proofs.js';
import { MailboxSessions } from './mailbox-sessions.js';
import type { OwnProof } from './own-proof.js';

/** Where somebody without a script saves the proof, and what they wrote. A script makes both in the browser. */
@Controller('mailbox/case')
export class MailboxProofsController {
  constructor(
    private readonly sessions: MailboxSessions,
    private readonly proofs: MailboxProofs,
    private readonly throttle: Throttle,
  ) {}

  @Post('proof')
  async proof(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.save(request, reply, 'onedoor-proof.json', ({ proof }) => proof);
  }

  @Post('evidence')
  async evidence(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<FastifyReply> {
    return this.save(request, reply, 'onedoor-words.json', ({ evidence }) => evidence);
  }

  private async save(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    file: (own: OwnProof) => object,
  ): Promise<FastifyReply> {
    const session = await this.sessions.ofPage(request);
    if (!session) return reply.redirect('/mailbox', 303);
    await this.throttle.takeInTurn('proof', request);
    const own = await this.proofs.of(session);
    if (!own) throw new NotFound();
    return reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(file(own)));
  }
}

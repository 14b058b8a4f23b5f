import { Body, Controller, Delete, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeyLog } from '../agencies/key-log/key-log.js';
import { clearSite } from '../web/clear-site.js';
import { requestText } from '../web/views.js';
import { ClaimDto, claimOf, MessageDto, messageOf, ReadOnQuery } from './mailbox.dto.js';
import { MailboxService } from './mailbox.service.js';
import { MailboxSessions, type BegunSession } from './mailbox-sessions.js';
import type { MessageTaken, ServedSide } from './mailbox-side.js';
import { MailboxWords } from './mailbox-words.js';

/** The API's door for whoever comes back with a receipt. */
@Controller('api/v1/mailbox')
export class MailboxApiController {
  constructor(
    private readonly sessions: MailboxSessions,
    private readonly mailbox: MailboxService,
    private readonly words: MailboxWords,
    private readonly keyLog: KeyLog,
  ) {}

  @Post('sessions')
  @HttpCode(201)
  begin(@Body() claim: ClaimDto, @Req() request: FastifyRequest): Promise<BegunSession> {
    return this.sessions.begin(request, claimOf(claim));
  }

  @Delete('sessions')
  @HttpCode(204)
  async lock(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.sessions.lockCall(request);
    clearSite(reply);
  }

  @Get()
  async read(
    @Query() on: ReadOnQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServedSide> {
    const session = await this.sessions.ofCall(request);
    const read = this.words.side(await this.mailbox.read(session, on), requestText(reply));
    const signers = [read, ...read.parts].flatMap(({ sealed }) => sealed.staffSigning.map(({ kid }) => kid));
    const side = { ...read, signersProof: await this.keyLog.addedProofOf(signers) };
    const opened = await this.mailbox.open(session, side.sealed);
    if (!opened) return side;
    const ofParts = await this.mailbox.openParts(
      session,
      side.sealed,
      side.parts.map(({ sealed }) => sealed),
    );
    return { ...side, opened, parts: side.parts.map((part, at) => ({ ...part, opened: ofParts?.[at] ?? [] })) };
  }

  @Post('messages')
  @HttpCode(201)
  async add(@Body() body: MessageDto, @Req() request: FastifyRequest): Promise<MessageTaken> {
    const session = await this.sessions.ofCall(request);
    const message = messageOf(body);
    return message.kind === 'sealed'
      ? this.mailbox.addSealed(session, message.item, body)
      : this.mailbox.addText(session, message.id, message.text, body);
  }

  @Delete('notify')
  @HttpCode(204)
  async removeAddress(@Req() request: FastifyRequest): Promise<void> {
    await this.mailbox.removeAddress(await this.sessions.ofCall(request));
  }
}

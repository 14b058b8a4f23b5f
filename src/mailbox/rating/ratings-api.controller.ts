import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Throttle } from '../../web/throttle.js';
import { MailboxSessions } from '../mailbox-sessions.js';
import { RatingDto, RatingTokenDto } from './rating.dto.js';
import { Ratings } from './ratings.service.js';

/** Two calls that nothing joins: the mailbox has a token signed, and later somebody brings it back with answers. */
@Controller('api/v1')
export class RatingsApiController {
  constructor(
    private readonly sessions: MailboxSessions,
    private readonly ratings: Ratings,
    private readonly throttle: Throttle,
  ) {}

  @Post('mailbox/ratings/tokens')
  @HttpCode(200)
  async sign(
    @Body() { moment, blinded }: RatingTokenDto,
    @Req() request: FastifyRequest,
  ): Promise<{ signature: string }> {
    this.throttle.take('rating', request);
    const session = await this.sessions.ofCall(request);
    const signature = await this.ratings.sign(session, moment, Buffer.from(blinded, 'base64url'));
    return { signature: Buffer.from(signature).toString('base64url') };
  }

  @Post('ratings')
  @HttpCode(204)
  async put(@Body() { token, signature, ...rating }: RatingDto, @Req() request: FastifyRequest): Promise<void> {
    this.throttle.take('rating', request);
    await this.ratings.put(Buffer.from(token, 'base64url'), Buffer.from(signature, 'base64url'), rating);
  }
}

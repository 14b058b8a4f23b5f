import { Body, Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Throttle } from '../web/throttle.js';
import { IdempotentRequest } from './idempotency.js';
import { Lodging, type Lodged } from './lodge.js';
import { submissionOf } from './submission.js';
import { SubmissionDto } from './submission.dto.js';

/** The API's door for a case: `POST /api/v1/submissions`. */
@Controller('api/v1/submissions')
export class SubmissionsController {
  constructor(
    private readonly lodging: Lodging,
    private readonly throttle: Throttle,
  ) {}

  @Post()
  @HttpCode(201)
  lodge(
    @Body() body: SubmissionDto,
    @Headers('idempotency-key') key: string | undefined,
    @Req() asked: FastifyRequest,
  ): Promise<Lodged> {
    const { facets, destination, delivery, excluded } = body;
    const request = new IdempotentRequest(key, body);
    const submission = submissionOf(body);
    this.throttle.take(submission.kind === 'in_clear' ? 'lodge_in_clear' : 'lodge_sealed', asked);
    return this.lodging.lodge({ facets, destination, delivery, excluded, submission }, request);
  }
}

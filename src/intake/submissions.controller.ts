import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { IdempotentRequest } from './idempotency.js';
import { Lodging, type Lodged } from './lodge.js';
import { submissionOf } from './submission.js';
import { SubmissionDto } from './submission.dto.js';

/** The API's door for a case: `POST /api/v1/submissions`. */
@Controller('api/v1/submissions')
export class SubmissionsController {
  constructor(private readonly lodging: Lodging) {}

  @Post()
  @HttpCode(201)
  lodge(@Body() body: SubmissionDto, @Headers('idempotency-key') key: string | undefined): Promise<Lodged> {
    const { facets, destination, delivery } = body;
    const request = new IdempotentRequest(key, body);
    return this.lodging.lodge({ facets, destination, delivery, submission: submissionOf(body) }, request);
  }
}

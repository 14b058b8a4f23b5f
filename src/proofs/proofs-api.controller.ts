import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ProofFile, ProofKeys } from '../vault/proof-file.js';
import { Throttle } from '../web/throttle.js';
import { CommitmentDto } from './proofs.dto.js';
import { Proofs } from './proofs.service.js';

/** The API's door for proofs, open to whoever has a commitment, also once the case is gone. */
@Controller('api/v1/proofs')
export class ProofsApiController {
  constructor(
    private readonly proofs: Proofs,
    private readonly throttle: Throttle,
  ) {}

  @Post()
  @HttpCode(200)
  async find(@Body() { commitment }: CommitmentDto, @Req() request: FastifyRequest): Promise<ProofFile> {
    this.throttle.take('proof', request);
    return this.proofs.proofOf(commitment);
  }

  @Get('keys')
  keys(): ProofKeys {
    return this.proofs.published();
  }
}

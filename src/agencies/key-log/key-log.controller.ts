import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Database } from '../../../config/database.js';
import type { KeyPins, WitnessedHead } from '../../vault/key-heads.js';
import type { AddedProof } from '../../vault/key-people.js';
import { Throttle } from '../../web/throttle.js';
import { AddedQuery, ConsistencyQuery, CosignatureDto, EntriesQuery } from './key-log.dto.js';
import { KeyLog } from './key-log.js';

const PUBLIC = { kind: 'public' } as const;

/** The log as anybody may read it, and the one call by which a witness says that it did. */
@Controller('api/v1/key-log')
export class KeyLogController {
  constructor(
    private readonly database: Database,
    private readonly keyLog: KeyLog,
    private readonly throttle: Throttle,
  ) {}

  @Get()
  async heads(): Promise<{ newest: WitnessedHead | null; witnessed: WitnessedHead | null; pins: KeyPins }> {
    const { log, witnesses } = this.keyLog.pins;
    const heads = await this.database.asActor(PUBLIC, (manager) => this.keyLog.heads(manager));
    return { ...heads, pins: { log, witnesses } };
  }

  @Get('entries')
  async entries(@Query() { from }: EntriesQuery, @Req() request: FastifyRequest): Promise<{ entries: string[] }> {
    this.throttle.take('key_log', request);
    const entries = await this.database.asActor(PUBLIC, (manager) => this.keyLog.entries(manager, Number(from)));
    return { entries };
  }

  @Get('consistency')
  async consistency(
    @Query() { from, to }: ConsistencyQuery,
    @Req() request: FastifyRequest,
  ): Promise<{ path: string[] }> {
    this.throttle.take('key_log', request);
    const path = await this.database.asActor(PUBLIC, (manager) =>
      this.keyLog.consistencyPath(manager, Number(from), Number(to)),
    );
    return { path };
  }

  /** What shows that keys were put into the log, whether or not they stand by now. */
  @Get('added')
  async added(@Query() { kids }: AddedQuery, @Req() request: FastifyRequest): Promise<{ proof: AddedProof | null }> {
    this.throttle.take('key_log', request);
    return { proof: await this.keyLog.addedProofOf(kids.split('.')) };
  }

  @Post('cosignatures')
  @HttpCode(204)
  cosign(@Body() { cosignature }: CosignatureDto, @Req() request: FastifyRequest): Promise<void> {
    this.throttle.take('key_log', request);
    return this.keyLog.takeCosignature(cosignature);
  }
}

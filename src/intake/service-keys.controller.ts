import { Controller, Get } from '@nestjs/common';
import type { JWK } from 'jose';
import { ServiceKeys } from '../../config/service-keys.js';

/** What a client needs to check a promise or a webhook and to seal an address: a JWK Set (RFC 7517). */
@Controller('api/v1/keys')
export class ServiceKeysController {
  constructor(private readonly keys: ServiceKeys) {}

  @Get()
  list(): { keys: JWK[] } {
    const { proofs, heads, sealing, webhookJwks } = this.keys;
    return { keys: [...[proofs, heads, sealing].map(({ publicJwk }) => publicJwk), ...webhookJwks] };
  }
}

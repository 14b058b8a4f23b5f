import { Controller, Get } from '@nestjs/common';
import type { JWK } from 'jose';
import { ServiceKeys } from '../../config/service-keys.js';

/** What a client needs to check a promise or a webhook, to seal an address and to blind a token: a JWK Set (RFC 7517). */
@Controller('api/v1/keys')
export class ServiceKeysController {
  constructor(private readonly keys: ServiceKeys) {}

  @Get()
  list(): { keys: JWK[] } {
    const { proofs, heads, sealing, ratings, webhookJwks } = this.keys;
    return { keys: [...[proofs, heads, sealing, ratings].map(({ publicJwk }) => publicJwk), ...webhookJwks] };
  }
}

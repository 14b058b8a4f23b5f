import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HealthChecks } from './health-checks.js';

@Controller('health')
export class HealthController {
  constructor(private readonly checks: HealthChecks) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Whether this process may be given work; which check fails is told on the metrics port alone. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    if ((await this.checks.failing()).length === 0) return { status: 'ok' };
    void reply.status(503);
    return { status: 'failing' };
  }
}

import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { languageOf } from '../web/translations.js';
import type { Decision } from './decide.js';
import { Routing } from './routing.service.js';

/** The decision before the first word. Nothing of it is stored or logged. */
@Controller('api/v1/routing/decisions')
export class RoutingController {
  constructor(
    private readonly routing: Routing,
    private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(200)
  decide(@Body() facets: unknown, @Req() request: FastifyRequest): Omit<Decision, 'withheld'> {
    const decision = this.routing.decide(this.routing.parse(facets), languageOf(request, this.settings));
    const { outcome, path, destination, alternatives, reasons, warnings, ruleset, rules } = decision;
    return { outcome, path, destination, alternatives, reasons, warnings, ruleset, rules };
  }
}

import { Module } from '@nestjs/common';
import { RoutingController } from './routing.controller.js';
import { Routing } from './routing.service.js';

/** Which organisation a submission is for. Settings and Log come from the shell around it. */
@Module({ controllers: [RoutingController], providers: [Routing], exports: [Routing] })
export class RoutingModule {}

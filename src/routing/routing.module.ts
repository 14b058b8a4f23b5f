import { Module } from '@nestjs/common';
import { DirectoryModule } from '../agencies/directory.module.js';
import { RoutingController } from './routing.controller.js';
import { RulesController } from './rules.controller.js';
import { Routing } from './routing.service.js';

/** Which organisation a submission is for. Settings and Log come from the shell around it. */
@Module({
  imports: [DirectoryModule],
  controllers: [RoutingController, RulesController],
  providers: [Routing],
  exports: [Routing, DirectoryModule],
})
export class RoutingModule {}

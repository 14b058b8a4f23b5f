import { Module } from '@nestjs/common';
import { DirectoryModule } from '../agencies/directory.module.js';
import { KeyLogModule } from '../agencies/key-log/key-log.module.js';
import { ProofPageController } from './proof-page.controller.js';
import { Promises } from './promises.js';
import { ProofsApiController } from './proofs-api.controller.js';
import { ProofsProcessor } from './proofs.processor.js';
import { Proofs } from './proofs.service.js';

/** Proof that something was lodged, and that it could be read. Database and the queue's JobRegistry come from global modules. */
@Module({
  imports: [DirectoryModule, KeyLogModule],
  controllers: [ProofsApiController, ProofPageController],
  providers: [Promises, Proofs, ProofsProcessor],
  exports: [Promises, Proofs],
})
export class ProofsModule {}

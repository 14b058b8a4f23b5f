import { Module } from '@nestjs/common';
import { Sequencer } from './sequencer.js';

/** The append-only log. Whoever records an act calls `append` in the transaction of the act and needs nothing from here. */
@Module({ providers: [Sequencer], exports: [Sequencer] })
export class AuditModule {}

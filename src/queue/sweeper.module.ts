import { Module } from '@nestjs/common';
import { Sweeper } from './sweeper.js';

/** For modules with something that expires. The composition root starts it where this process works. */
@Module({ providers: [Sweeper], exports: [Sweeper] })
export class SweeperModule {}

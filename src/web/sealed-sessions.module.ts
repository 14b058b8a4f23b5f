import { Module } from '@nestjs/common';
import { Sweeper } from '../queue/sweeper.js';
import { SweeperModule } from '../queue/sweeper.module.js';
import { SealedSessions } from './sealed-sessions.js';

@Module({ imports: [SweeperModule], providers: [SealedSessions], exports: [SealedSessions] })
export class SealedSessionsModule {
  constructor(sweeper: Sweeper, sessions: SealedSessions) {
    sweeper.add('sealed_sessions', (limit) => sessions.sweep(limit));
  }
}

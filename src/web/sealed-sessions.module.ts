import { Module } from '@nestjs/common';
import { SealedSessions } from './sealed-sessions.js';

@Module({ providers: [SealedSessions], exports: [SealedSessions] })
export class SealedSessionsModule {}

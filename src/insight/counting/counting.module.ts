import { Module } from '@nestjs/common';
import { Counter } from './counter.js';

/** Counting, for whoever starts it, and for whoever needs all of it counted first. */
@Module({ providers: [Counter], exports: [Counter] })
export class CountingModule {}

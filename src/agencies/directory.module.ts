import { Module } from '@nestjs/common';
import { Directory, loadDirectory } from './directory.js';

/** The directory, read once for whoever asks in it. */
@Module({ providers: [{ provide: Directory, useFactory: () => loadDirectory() }], exports: [Directory] })
export class DirectoryModule {}

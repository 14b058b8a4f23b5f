import { Controller, Get, Param } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Directory, type DirectoryEntry } from './directory.js';
import type { ReadersProof } from '../vault/key-heads.js';
import { NotFound } from '../web/errors.js';
import { KeyLog } from './key-log/key-log.js';
import { allReaders, labelledReaders, type LabelledReaders } from './readers.js';

/** One agency as the public API shows it. */
export interface PublicAgency extends LabelledReaders {
  readonly id: string;
  readonly name: DirectoryEntry['name'];
  readonly takes: readonly string[];
  readonly doesNotTake: readonly string[];
  readonly precondition: DirectoryEntry['precondition'] | null;
  readonly timeLimit: DirectoryEntry['timeLimit'] | null;
  readonly website: DirectoryEntry['website'] | null;
  readonly connected: boolean;
}

const NOT_CONNECTED: LabelledReaders = { open: false, readers: { complaints: [], disclosures: [] } };

/** To whose keys one agency's cases are sealed, and what shows that these are logged. */
export interface ProvedReaders extends LabelledReaders {
  readonly id: string;
  /** Null while no witness has seen any key of it. */
  readonly proof: ReadersProof | null;
}

/** The public directory: who takes what, who is open, and to whose keys a client seals. */
@Controller('api/v1/agencies')
export class PublicDirectoryController {
  constructor(
    private readonly database: Database,
    private readonly directory: Directory,
    private readonly keyLog: KeyLog,
  ) {}

  @Get(':id/readers')
  readers(@Param('id') id: string): Promise<ProvedReaders> {
    return this.database.asActor({ kind: 'public' }, async (manager) => {
      const readers = await labelledReaders(manager, id);
      if (!readers) throw new NotFound();
      return { id, ...readers, proof: await this.keyLog.readersProof(manager, id) };
    });
  }

  @Get()
  async list(): Promise<{ agencies: PublicAgency[] }> {
    const readers = await this.database.asActor({ kind: 'public' }, allReaders);
    const agencies = this.directory
      .all()
      .filter(({ kind }) => kind !== 'guard_entry')
      .map((entry) => ({
        id: entry.id,
        name: entry.name,
        takes: entry.takes,
        doesNotTake: entry.doesNotTake,
        precondition: entry.precondition ?? null,
        timeLimit: entry.timeLimit ?? null,
        website: entry.website ?? null,
        connected: readers.has(entry.id),
        ...(readers.get(entry.id) ?? NOT_CONNECTED),
      }));
    return { agencies };
  }
}

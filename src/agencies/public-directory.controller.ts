import { Controller, Get } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Directory, type DirectoryEntry } from './directory.js';
import { allReaders, type LabelledReaders } from './readers.js';

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

/** The public directory: who takes what, who is open, and to whose keys a client seals. */
@Controller('api/v1/agencies')
export class PublicDirectoryController {
  constructor(
    private readonly database: Database,
    private readonly directory: Directory,
  ) {}

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

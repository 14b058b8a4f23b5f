import type { EntityManager } from 'typeorm';
import { currentReaders } from '../../agencies/readers.js';
import { kidsBehindWalls } from '../../staff/walls.js';
import type { PublicKey } from '../../vault/keys.js';
import type { Case } from '../case.entity.js';

/** Who would read a case at an agency now, without those who are kept out of it; nobody where it is not connected. */
export async function readersAt(
  manager: EntityManager,
  agencyId: string,
  { id, path }: Pick<Case, 'id' | 'path'>,
): Promise<{ readonly open: boolean; readonly readers: readonly PublicKey[] }> {
  const current = await currentReaders(manager, agencyId);
  if (!current) return { open: false, readers: [] };
  if (path === 'complaint') return { open: current.open, readers: current.complaints };
  const behindWalls = await kidsBehindWalls(manager, id);
  const readers = current.disclosures.filter(({ kid }) => !behindWalls.has(kid));
  // A recovery key alone is nobody who could take it over.
  return { open: current.open, readers: readers.some(({ recovery }) => recovery !== true) ? readers : [] };
}

/** The kids of who would read a case at an agency now. */
export async function kidsAt(
  manager: EntityManager,
  agencyId: string,
  found: Pick<Case, 'id' | 'path'>,
): Promise<readonly string[]> {
  return (await readersAt(manager, agencyId, found)).readers.map(({ kid }) => kid);
}

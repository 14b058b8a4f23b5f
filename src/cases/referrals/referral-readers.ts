import type { EntityManager } from 'typeorm';
import { currentReaders } from '../../agencies/readers.js';
import type { PublicKey } from '../../vault/keys.js';
import type { CasePath } from '../case.entity.js';

/** Who would read a case of this path at an agency now; nobody where it is not connected. */
export async function readersAt(
  manager: EntityManager,
  agencyId: string,
  path: CasePath,
): Promise<{ readonly open: boolean; readonly readers: readonly PublicKey[] }> {
  const current = await currentReaders(manager, agencyId);
  if (!current) return { open: false, readers: [] };
  return { open: current.open, readers: path === 'complaint' ? current.complaints : current.disclosures };
}

/** The kids of who would read a case of this path at an agency now. */
export async function kidsAt(manager: EntityManager, agencyId: string, path: CasePath): Promise<readonly string[]> {
  return (await readersAt(manager, agencyId, path)).readers.map(({ kid }) => kid);
}

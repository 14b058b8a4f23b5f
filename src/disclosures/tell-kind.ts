import type { EntityManager } from 'typeorm';
import type { WrongdoingKind } from './wrongdoing-kinds.js';

/**
 * Adds one to the tally of kinds of wrongdoing, in the transaction that closes a disclosure for the first time. The kind is
 * among what is sealed, so that the server knows it from whoever closes it, at that moment, and keeps no more than how many
 * there were of each in a year: no case, no agency and no day. When the figures of that year are drawn, not even that.
 *
 * What this hides: nobody who reads the database, the log or a copy of them learns of which kind a disclosure was, unless
 * there was only one. What it does not: a server that was taken over sees what is sent as it is sent; who compares two
 * copies of the tally sees what came between them; and who owns the database may join the line that was changed last to
 * what else its transaction wrote, until the next closing changes it again.
 *
 * @param year of that closing in Pacific/Auckland
 */
export async function tellKind(manager: EntityManager, year: number, kind: WrongdoingKind): Promise<void> {
  await manager.query('SELECT tell_disclosure_kind($1, $2)', [year, kind]);
}

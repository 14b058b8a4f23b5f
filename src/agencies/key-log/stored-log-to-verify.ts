import type { EntityManager } from 'typeorm';
import { daysInTables, keysInTables } from './keys-in-tables.js';
import type { LogToVerify } from './verify-log.js';

/** The whole log as it is stored, and the keys of the tables, as they are in this transaction. */
export async function storedLogToVerify(manager: EntityManager): Promise<LogToVerify> {
  return {
    entries: await manager.query<LogToVerify['entries'][number][]>(
      `SELECT position::integer, entry, agency_id AS agency, use, kid, act FROM key_log_entries ORDER BY position`,
    ),
    heads: await manager.query<LogToVerify['heads'][number][]>(
      `SELECT number::integer, size::integer, head FROM key_log_heads ORDER BY number`,
    ),
    cosignatures: await manager.query<LogToVerify['cosignatures'][number][]>(
      `SELECT head::integer, witness, cosignature FROM key_log_cosignatures ORDER BY head, witness`,
    ),
    keys: await keysInTables(manager),
    days: await daysInTables(manager),
  };
}

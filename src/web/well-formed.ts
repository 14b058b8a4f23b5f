import { VaultError } from '../vault/suite.js';
import type { Invalid } from './errors.js';

/**
 * Reads something that was sealed or made elsewhere, and turns away what is not of the vault's form.
 *
 * @param read reads it with the vault, which says of nothing why it does not open
 * @param refusal what to answer then, naming the field it was sent in
 * @returns what `read` returned
 * @throws {Invalid} the refusal
 */
export async function wellFormed<T>(read: () => T | Promise<T>, refusal: () => Invalid): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof VaultError ? refusal() : error;
  }
}

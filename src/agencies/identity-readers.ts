import type { Reader } from './readers.js';

// The same in a browser and in Node.

/** So many custodians an agency has before it keeps names apart: with one alone a name would lie with that one. */
const FEWEST_CUSTODIANS = 2;

/** The identity custodians among those who will read a case, where names are kept apart; else none. */
export function custodiansAmong<R extends Pick<Reader, 'custodian'>>(readers: readonly R[]): readonly R[] {
  const custodians = readers.filter(({ custodian }) => custodian === true);
  return custodians.length >= FEWEST_CUSTODIANS ? custodians : [];
}

/**
 * To whom the identity key of a case is granted beside the mailbox (Protected Disclosures Act 2022, s 17): the agency's
 * identity custodians alone, and not its recovery key either, where at least two of them will read it; else all who read it.
 *
 * @param readers of the case, without those whom the person leaves out
 */
export function identityReaders<R extends Pick<Reader, 'custodian'>>(readers: readonly R[]): readonly R[] {
  const custodians = custodiansAmong(readers);
  return custodians.length > 0 ? custodians : readers;
}

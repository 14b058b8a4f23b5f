import { showRenewal } from '../../vault/grants.js';
import type { Bytes, KeyId } from '../../vault/suite.js';

// The same in an officer's browser and in Node.

/** What the server says of a reader's new key, with what shows that somebody who holds the case says so too. */
export interface KeyRenewal {
  /** Of the key `case`. */
  readonly epoch: number;
  readonly from: KeyId;
  readonly to: KeyId;
  readonly held: string;
}

/** Renewals that were shown. */
export type ShownRenewals = readonly Pick<KeyRenewal, 'from' | 'to'>[];

/**
 * Those renewals that are shown by an epoch's key which is open here.
 *
 * @param keyOf gives the key of an epoch of `case`
 */
export async function renewalsShown(
  renewals: readonly KeyRenewal[],
  keyOf: (epoch: number) => Bytes | undefined,
): Promise<ShownRenewals> {
  const shown = renewals.map(async ({ epoch, from, to, held }) => {
    const caseKey = keyOf(epoch);
    return caseKey && (await showRenewal(caseKey, { from, to })) === held ? [{ from, to }] : [];
  });
  return (await Promise.all(shown)).flat();
}

/** A kid with those it took the place of: a record that names one of them names whoever has it now. */
export function namesOf(kid: KeyId, renewals: ShownRenewals): KeyId[] {
  const names = new Set([kid]);
  // What is added while it goes on is gone through as well; each kid is added once.
  for (const name of names) for (const { from, to } of renewals) if (to === name) names.add(from);
  return [...names];
}

import { showJoining } from '../../vault/grants.js';
import type { Bytes, KeyId } from '../../vault/suite.js';
import { namesOf, type ShownRenewals } from '../renewal/renewed-keys.js';

// The same in an officer's browser, in the person's and in Node.

/** What the server says of a reader who was let in later, with what shows that somebody who holds the case says so too. */
export interface KeyJoining {
  /** Of the key `case`. */
  readonly epoch: number;
  readonly kid: KeyId;
  readonly held: string;
}

/**
 * Kids of those whose joining is shown by an epoch's key which is open here.
 *
 * @param keyOf gives the key of an epoch of `case`
 */
export async function joiningsShown(
  joinings: readonly KeyJoining[],
  keyOf: (epoch: number) => Bytes | undefined,
): Promise<ReadonlySet<KeyId>> {
  const shown = joinings.map(async ({ epoch, kid, held }) => {
    const caseKey = keyOf(epoch);
    return caseKey && (await showJoining(caseKey, kid)) === held ? [kid] : [];
  });
  return new Set((await Promise.all(shown)).flat());
}

/**
 * Those of some kids of whom somebody who holds the case has said who they are: let in later, or the new key of somebody
 * who was let in or whom the person named.
 */
export function vouchedAmong(
  kids: readonly KeyId[],
  by: {
    readonly letIn: ReadonlySet<KeyId>;
    readonly named: ReadonlySet<KeyId>;
    readonly renewals: ShownRenewals;
  },
): KeyId[] {
  return kids.filter((kid) => namesOf(kid, by.renewals).some((name) => by.letIn.has(name) || by.named.has(name)));
}

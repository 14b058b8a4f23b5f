import { CompactSign, compactVerify } from 'jose';
import { utf8 } from './bytes.js';
import { is, isHash, readForm, readJson, readJws, requireInput } from './form.js';
import { isDay } from './key-log.js';
import { importPublicKey, type PublicKey, type Signer } from './keys.js';
import { SIGNED, SUITE, failClosed, requireThat, type Base64url, type CompactJws, type KeyId } from './suite.js';

const MAX_COUNTERSIGNATURE = 4096;
const MOST_ITEMS = 16;
const TYPE = 'onedoor-countersignature';

/** What an officer says who opened a case and found that it is what was promised. */
export interface Countersignature {
  suite: typeof SUITE;
  commitment: Base64url;
  /** Hashes of the items that this officer opened, the statement's first. */
  items: Base64url[];
  /** YYYY-MM-DD in Pacific/Auckland: when it was opened. */
  day: string;
}

export interface SignedCountersignature extends Countersignature {
  signedBy: KeyId;
}

/**
 * Countersigns what was opened: JWS ES384 (RFC 7515) by the officer's signing key.
 *
 * @throws {TypeError} where a parameter has not its form
 */
export async function signCountersignature(
  input: Omit<Countersignature, 'suite'> & { signer: Signer },
): Promise<CompactJws> {
  const { commitment, items, day, signer } = input;
  requireInput(isHash(commitment), 'commitment');
  requireInput(areItems(items), 'items');
  requireInput(isDay(day), 'day');
  const said: Countersignature = { suite: SUITE, commitment, items, day };
  return new CompactSign(utf8(JSON.stringify(said)))
    .setProtectedHeader({ alg: 'ES384', kid: signer.kid, suite: SUITE, typ: TYPE })
    .sign(signer.privateKey);
}

/**
 * What a countersignature says, signed by this key. Whether that is an officer's, the log of keys says.
 *
 * @throws {VaultError}
 */
export function verifyCountersignature(jws: CompactJws, by: PublicKey): Promise<SignedCountersignature> {
  return failClosed(async () => {
    const { header, payload } = readJws(jws, MAX_COUNTERSIGNATURE);
    const { kid } = readForm(header, { alg: is('ES384'), kid: isHash, suite: is(SUITE), typ: is(TYPE) });
    const said = readForm<Countersignature>(readJson(payload), {
      suite: is(SUITE),
      commitment: isHash,
      items: areItems,
      day: isDay,
    });
    requireThat(kid === by.kid);
    await compactVerify(jws, await importPublicKey(by, 'signing'), SIGNED);
    return { ...said, signedBy: kid };
  });
}

function areItems(value: unknown): value is Base64url[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= MOST_ITEMS && value.every(isHash);
}

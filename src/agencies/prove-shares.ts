import { signKeyStatement, type KeySaying } from '../vault/key-statements.js';
import type { PublicKey, Signer } from '../vault/keys.js';
import { combineShares, readShare, ShareUnusable } from '../vault/recovery-shares.js';
import type { CompactJws } from '../vault/suite.js';

// The same in Node and in the browser.

const SAYINGS: readonly KeySaying[] = ['share_1', 'share_2', 'share_3'];

/**
 * Takes three shares that were typed back: each must give the key with another.
 *
 * @param typed the texts of share 1, 2 and 3
 * @returns a signed statement for each
 * @throws {ShareUnusable} where one does not
 */
export async function proveShares(input: {
  readonly typed: readonly [string, string, string];
  readonly key: PublicKey;
  readonly agency: string;
  readonly day: string;
  readonly signer: Signer;
}): Promise<CompactJws[]> {
  const { key, agency, day, signer } = input;
  const [one, two, three] = input.typed;
  for (const [at, text] of input.typed.entries()) {
    if ((await readShare(text)).number !== at + 1) throw new ShareUnusable('wrong_place');
  }
  await combineShares([one, two], key);
  await combineShares([two, three], key);
  return Promise.all(SAYINGS.map((said) => signKeyStatement({ agency, key: key.kid, said, day, signer })));
}

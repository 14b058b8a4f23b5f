import type { KeyPins } from '../../vault/key-heads.js';
import { addedAmong, type AddedProof } from '../../vault/key-people.js';
import { thumbprint, type PublicKey } from '../../vault/keys.js';
import type { KeyId } from '../../vault/suite.js';

/**
 * Takes out of what a server names as staff's keys those that the log of keys does not have, so that nothing signed with them
 * is believed. Where it cannot be shown of any, none is left.
 *
 * @param own kids that this browser holds itself, which need no proof
 */
export async function withLoggedSigners<T extends { readonly staffSigning: readonly PublicKey[] }>(
  sealed: T,
  proof: AddedProof | null,
  own: readonly KeyId[] = [],
): Promise<T & { readonly doubted: readonly KeyId[] }> {
  const { onedoorKeyPins: pins } = globalThis as { onedoorKeyPins?: KeyPins };
  // By their own thumbprints: what the server calls them says nothing.
  const named = await Promise.all(sealed.staffSigning.map(async (key) => ({ key, kid: await thumbprint(key.jwk) })));
  const kids = named.map(({ kid }) => kid);
  const logged = pins ? await addedAmong({ proof, pins, uses: ['signing'], kids }) : new Set<KeyId>();
  const isBelieved = (kid: KeyId): boolean => logged.has(kid) || own.includes(kid);
  return {
    ...sealed,
    staffSigning: named.filter(({ kid }) => isBelieved(kid)).map(({ key }) => key),
    doubted: kids.filter((kid) => !isBelieved(kid)),
  };
}

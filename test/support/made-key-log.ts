import { entryText, type LoggedUse } from '../../src/vault/key-log.js';
import type { KeyPins, ReadersProof } from '../../src/vault/key-heads.js';
import { makeKeyPair, type MadeKey } from '../../src/vault/keys.js';
import { cosign, signHead, type HeadSigner } from '../../src/agencies/key-log/sign-head.js';
import { logAt, written, type LogAt } from '../../src/agencies/key-log/stored-log.js';
import { signingKeyOf } from './signing-key.js';

/* A log of keys made up for a test, without a server. */

/** When somebody asks, and when the head was signed. */
export const NOW = Date.parse('2026-03-02T09:00:00Z');
const AT = '2026-03-02T08:00:00Z';

export const log = await signingKeyOf();
export const witnesses: readonly Awaited<ReturnType<typeof signingKeyOf>>[] = await Promise.all([
  signingKeyOf(),
  signingKeyOf(),
  signingKeyOf(),
]);
/** Somebody whom nobody has pinned. */
export const stranger = await signingKeyOf();
export const pins: KeyPins = {
  log: log.jwk,
  witnesses: witnesses.map(({ jwk }, at) => ({ name: `Witness ${at.toString()}`, jwk })),
};
const keys = await Promise.all(Array.from({ length: 6 }, () => makeKeyPair('agreement')));

/** One of a few keys that agree. */
export const key = (at: number): MadeKey => {
  const found = keys[at % keys.length];
  if (!found) throw new RangeError('no such key');
  return found;
};

/** An entry of the log about one of them, in nobody's name. */
export function line(act: 'added' | 'retired', agency: string, use: LoggedUse, at: number): string {
  return entryText({ act, agency, use, kid: key(at).kid, holder: null, on: '2026-03-01' });
}

/** A head of the log as it is then. */
export const headOf = ({ tree, standingTree }: LogAt, at = AT) => ({
  size: tree.size,
  root: written(tree.root),
  agencies: standingTree.size,
  standing: written(standingTree.root),
  at,
});

/** Who signs a head and who has seen it: the log and two witnesses, where nothing else is said. */
export interface Signing {
  readonly by?: HeadSigner;
  readonly seenBy?: readonly HeadSigner[];
  readonly at?: string;
}

/** What a server that keeps these entries would give a sender. */
export async function proofOf(
  entries: readonly string[],
  agency: string,
  signing: Signing = {},
): Promise<ReadersProof> {
  const all = await logAt(entries);
  const head = await signHead(headOf(all, signing.at), signing.by ?? log);
  const index = all.standing.names().indexOf(agency);
  return {
    head,
    cosignatures: await Promise.all((signing.seenBy ?? witnesses.slice(0, 2)).map((one) => cosign(head, one))),
    standing: { leaf: all.leaves[index] ?? '', index, path: all.standingTree.inclusionPath(index).map(written) },
    entries: entries.map((entry, at) => ({ entry, index: at, path: all.tree.inclusionPath(at).map(written) })),
  };
}

import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { createHash } from 'node:crypto';

/*
 * How a client of somebody else's makes sure of whom it seals to: from src/vault/FORMAT.md alone, with jose and
 * node:crypto. The keys of the log and of its witnesses it was given beforehand.
 */

/** The keys that were given beforehand. */
export interface Pins {
  readonly log: JWK;
  readonly witnesses: readonly { readonly jwk: JWK }[];
}

interface Leaf {
  readonly index: number;
  readonly path: readonly string[];
}

/** `proof` of `GET /api/v1/agencies/{id}/readers`. */
export interface Proof {
  readonly head: string;
  readonly cosignatures: readonly string[];
  readonly standing: Leaf & { readonly leaf: string };
  readonly entries: readonly (Leaf & { readonly entry: string })[];
}

interface Head {
  readonly size: number;
  readonly root: string;
  readonly agencies: number;
  readonly standing: string;
  readonly at: string;
}

/** Throws, saying why, unless every reader's key stands in the log for this agency and this use. */
export async function checkReaders(
  proof: Proof | null,
  pins: Pins,
  wanted: {
    readonly agency: string;
    readonly use: string;
    readonly readers: readonly { readonly kid: string; readonly jwk: JWK }[];
  },
): Promise<void> {
  if (!proof) throw new Error('nothing is shown');
  const head = await checkHead(proof, pins);
  const { agency, use } = wanted;
  const { leaf, index, path } = proof.standing;
  if (rootOf(leaf, index, head.agencies, path) !== head.standing) throw new Error('does not stand');
  const standing = JSON.parse(leaf) as { agency: string; readers: { use: string; kid: string }[] };
  for (const { kid, jwk } of wanted.readers) {
    if ((await calculateJwkThumbprint(jwk)) !== kid) throw new Error('another key under this name');
    const stands = standing.agency === agency && standing.readers.some((one) => one.use === use && one.kid === kid);
    const logged = proof.entries.some(({ entry, ...at }) => {
      const { act, ...said } = JSON.parse(entry) as Record<string, string>;
      const fits = act === 'added' && said.agency === agency && said.use === use && said.kid === kid;
      return fits && rootOf(entry, at.index, head.size, at.path) === head.root;
    });
    if (!stands || !logged) throw new Error('not logged');
  }
}

async function checkHead({ head, cosignatures }: Proof, { log, witnesses }: Pins): Promise<Head> {
  const text = await signed(head, log, 'onedoor-key-head');
  if (text === null) throw new Error('not by the log');
  let seen = 0;
  for (const { jwk } of witnesses) {
    const texts = await Promise.all(cosignatures.map((one) => signed(one, jwk, 'onedoor-key-witness')));
    if (texts.includes(text)) seen += 1;
  }
  if (seen < 2) throw new Error('too few witnesses');
  const said = JSON.parse(text) as Head;
  if (Date.now() - Date.parse(said.at) > 7 * 86_400_000) throw new Error('too old');
  return said;
}

async function signed(jws: string, jwk: JWK, typ: string): Promise<string | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(jwk, 'ES384'), {
      algorithms: ['ES384'],
    });
    return protectedHeader.typ === typ ? Buffer.from(payload).toString() : null;
  } catch {
    return null;
  }
}

/** RFC 9162, section 2.1.3.2. */
function rootOf(leaf: string, index: number, size: number, path: readonly string[]): string | undefined {
  let [fn, sn] = [index, size - 1];
  let root = hash(Buffer.of(0), Buffer.from(leaf));
  for (const step of path.map((part) => Buffer.from(part, 'base64url'))) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      root = hash(Buffer.of(1), step, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      root = hash(Buffer.of(1), root, step);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 ? root.toString('base64url') : undefined;
}

function hash(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

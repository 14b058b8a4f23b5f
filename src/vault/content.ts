import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify } from 'jose';
import { derive, encode, fromUtf8, utf8 } from './bytes.js';
import {
  is,
  isCaseKeyName,
  isEpoch,
  isHash,
  isItemKind,
  isObject,
  isText,
  isUuid,
  readForm,
  readJwe,
  readJws,
  requireInput,
} from './form.js';
import type { FindKey, Signer } from './keys.js';
import { PADDED_LENGTHS, pad, unpad } from './padding.js';
import {
  ContentTooLong,
  DIRECT,
  SIGNED,
  SUITE,
  VaultError,
  failClosed,
  requireThat,
  type Base64url,
  type Bytes,
  type CaseId,
  type CaseKeyName,
  type CompactJwe,
  type CompactJws,
  type ItemId,
  type ItemKind,
  type JsonObject,
  type KeyId,
} from './suite.js';

/** What content may have at most, in bytes of its JSON in UTF-8, so that signed, encoded and padded it fits 128 KiB. */
export const MAX_CONTENT_BYTES = 96_000;

const MAX_CIPHERTEXT = 131_072;

/** Where an item belongs. It stands in the seal and in the signature, so that neither can be moved. */
export interface ItemPlace {
  caseId: CaseId;
  key: CaseKeyName;
  epoch: number;
  item: ItemId;
  kind: ItemKind;
}

export interface ItemHeader {
  alg: 'dir';
  enc: 'A256GCM';
  /** `<case>#<epoch>` */
  kid: string;
  suite: typeof SUITE;
  key: CaseKeyName;
  item: ItemId;
  kind: ItemKind;
  /** {@link commitOf} the case key. */
  commit: Base64url;
}

interface SignatureHeader {
  alg: 'ES384';
  kid: KeyId;
  suite: typeof SUITE;
  case: CaseId;
  key: CaseKeyName;
  epoch: number;
  item: ItemId;
  kind: ItemKind;
}

/** Commits to a case key without giving it away: GCM alone lets one ciphertext open under two keys. */
export async function commitOf(caseKey: Bytes): Promise<Base64url> {
  return encode(await derive(caseKey, 'commit'));
}

/**
 * Signs, pads and seals one item. The content is written with `JSON.stringify`, which escapes a lone surrogate (`\udXXX`),
 * so any text comes back as it was.
 * @returns a compact JWE whose ciphertext has one of {@link PADDED_LENGTHS}
 * @throws ContentTooLong over {@link MAX_CONTENT_BYTES}; TypeError where a parameter has not its form
 */
export async function sealItem(
  input: ItemPlace & { caseKey: Bytes; content: JsonObject; signer: Signer },
): Promise<CompactJwe> {
  const { caseKey, caseId, key, epoch, item, kind, content, signer } = input;
  requireInput(caseKey.length === 32, 'caseKey');
  requireInput(isUuid(caseId), 'caseId');
  requireInput(isCaseKeyName(key), 'key');
  requireInput(isEpoch(epoch), 'epoch');
  requireInput(isUuid(item), 'item');
  requireInput(isItemKind(kind), 'kind');
  requireInput(isHash(signer.kid), 'signer');
  requireInput(isObject(content), 'content');
  const json = utf8(JSON.stringify(content));
  if (json.length > MAX_CONTENT_BYTES) throw new ContentTooLong();
  const signature: SignatureHeader = {
    alg: 'ES384',
    kid: signer.kid,
    suite: SUITE,
    case: caseId,
    key,
    epoch,
    item,
    kind,
  };
  const signed = await new CompactSign(json).setProtectedHeader({ ...signature }).sign(signer.privateKey);
  const commit = await commitOf(caseKey);
  const header: ItemHeader = {
    alg: 'dir',
    enc: 'A256GCM',
    kid: `${caseId}#${epoch.toString()}`,
    suite: SUITE,
    key,
    item,
    kind,
    commit,
  };
  return new CompactEncrypt(pad(utf8(signed)))
    .setProtectedHeader({ ...header })
    .encrypt(await derive(caseKey, 'content'));
}

/** The header of a sealed item, by its form alone and without a key. @throws VaultError */
export function readItemHeader(jwe: unknown): ItemHeader & { caseId: CaseId; epoch: number } {
  const { header, encryptedKey, ciphertext } = readJwe(jwe, MAX_CIPHERTEXT);
  requireThat(encryptedKey === 0 && PADDED_LENGTHS.some((length) => length === ciphertext));
  const read = readForm<ItemHeader>(header, {
    alg: is('dir'),
    enc: is('A256GCM'),
    kid: isText,
    suite: is(SUITE),
    key: isCaseKeyName,
    item: isUuid,
    kind: isItemKind,
    commit: isHash,
  });
  const [caseId, number] = read.kid.split('#', 2);
  const epoch = Number(number);
  requireThat(isUuid(caseId) && isEpoch(epoch) && read.kid === `${caseId}#${epoch.toString()}`);
  return { ...read, caseId, epoch };
}

export interface OpenedItem {
  content: JsonObject;
  /** Whose signature was verified. */
  signedBy: KeyId;
}

interface ItemToOpen {
  caseKey: Bytes;
  jwe: CompactJwe;
  expect: ItemPlace & { commit: Base64url };
  verify: FindKey;
}

/**
 * Opens one item and verifies who made it.
 * @param input.expect where the item was found, and `commit` of the verified epoch record
 * @throws VaultError where anything differs
 */
export async function openItem(input: ItemToOpen): Promise<OpenedItem> {
  const { content, signedBy } = await openSigned(input);
  return { content, signedBy };
}

/**
 * The same, with the maker's signature as it lay inside: whoever is given that can verify it without the case key
 * ({@link verifySigned}).
 * @throws VaultError
 */
export function openSigned(input: ItemToOpen): Promise<OpenedItem & { signed: CompactJws }> {
  const { caseKey, jwe, expect } = input;
  return failClosed(async () => {
    const header = readItemHeader(jwe);
    requireThat(header.caseId === expect.caseId && header.key === expect.key && header.epoch === expect.epoch);
    requireThat(header.item === expect.item && header.kind === expect.kind && header.commit === expect.commit);
    const opened = await compactDecrypt(jwe, await derive(caseKey, 'content'), DIRECT);
    // The header is authenticated by now; the key that opened must be the one that it commits to, and no second one.
    requireThat((await commitOf(caseKey)) === header.commit);
    const signed = fromUtf8(unpad(opened.plaintext));
    return { ...(await verified(signed, expect, input.verify)), signed };
  });
}

/**
 * Verifies what somebody signed as an item, taken out of its seal.
 * @param expect where it says that it belongs
 * @throws VaultError where anything differs
 */
export function verifySigned(signed: CompactJws, expect: ItemPlace, verify: FindKey): Promise<OpenedItem> {
  return failClosed(() => verified(signed, expect, verify));
}

async function verified(jws: CompactJws, expect: ItemPlace, verify: FindKey): Promise<OpenedItem> {
  const header = readForm<SignatureHeader>(readJws(jws, MAX_CIPHERTEXT).header, {
    alg: is('ES384'),
    kid: isHash,
    suite: is(SUITE),
    case: isUuid,
    key: isCaseKeyName,
    epoch: isEpoch,
    item: isUuid,
    kind: isItemKind,
  });
  requireThat(header.case === expect.caseId && header.key === expect.key && header.epoch === expect.epoch);
  requireThat(header.item === expect.item && header.kind === expect.kind);
  const signer = await verify(header.kid);
  requireThat(signer !== undefined);
  const { payload } = await compactVerify(jws, signer, SIGNED);
  const content: unknown = JSON.parse(fromUtf8(payload));
  if (!isObject(content)) throw new VaultError();
  return { content, signedBy: header.kid };
}

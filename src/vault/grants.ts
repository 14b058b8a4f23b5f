import { CompactEncrypt, compactDecrypt, type CryptoKey } from 'jose';
import { decode, derive, encode, fromUtf8, utf8 } from './bytes.js';
import { commitOf } from './content.js';
import { is, isCaseKeyName, isEpoch, isHash, isUuid, readForm, readJson, readJwe, requireInput } from './form.js';
import { importPublicKey, isPublicJwk, type PublicJwk, type PublicKey } from './keys.js';
import {
  SUITE,
  WRAPPED,
  WRAPPED_KEY,
  failClosed,
  requireThat,
  type Base64url,
  type Bytes,
  type CaseId,
  type CaseKeyName,
  type CompactJwe,
  type KeyId,
} from './suite.js';

/** `{"key":…,"commit":…}`: every grant has the same length. */
const PAYLOAD = 108;

export interface GrantHeader {
  alg: 'ECDH-ES+A256KW';
  enc: 'A256GCM';
  /** The reader's agreement key. */
  kid: KeyId;
  suite: typeof SUITE;
  case: CaseId;
  key: CaseKeyName;
  epoch: number;
  epk: PublicJwk;
}

/** Which key of which case a grant holds. */
export interface GrantPlace {
  caseId: CaseId;
  key: CaseKeyName;
  epoch: number;
}

/** A grant as it travels and is stored. */
export interface Grant {
  key: CaseKeyName;
  epoch: number;
  reader: KeyId;
  jwe: CompactJwe;
}

/**
 * Grants a case key to one reader: JWE ECDH-ES+A256KW on P-384.
 * @throws VaultError where the reader's kid is not the thumbprint of its key; TypeError where a parameter has not its form
 */
export async function grantKey(input: GrantPlace & { caseKey: Bytes; reader: PublicKey }): Promise<CompactJwe> {
  const { caseKey, caseId, key, epoch, reader } = input;
  requireInput(caseKey.length === 32, 'caseKey');
  requireInput(isUuid(caseId), 'caseId');
  requireInput(isCaseKeyName(key), 'key');
  requireInput(isEpoch(epoch), 'epoch');
  const payload = { key: encode(caseKey), commit: await commitOf(caseKey) };
  return new CompactEncrypt(utf8(JSON.stringify(payload)))
    .setProtectedHeader({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
      kid: reader.kid,
      suite: SUITE,
      case: caseId,
      key,
      epoch,
    })
    .encrypt(await importPublicKey(reader, 'agreement'));
}

/** The header of a grant, by its form alone and without a key. The server can check no more. @throws VaultError */
export function readGrantHeader(jwe: unknown): GrantHeader {
  const { header, encryptedKey, ciphertext } = readJwe(jwe, PAYLOAD);
  requireThat(encryptedKey === WRAPPED_KEY && ciphertext === PAYLOAD);
  return readForm<GrantHeader>(header, {
    alg: is('ECDH-ES+A256KW'),
    enc: is('A256GCM'),
    kid: isHash,
    suite: is(SUITE),
    case: isUuid,
    key: isCaseKeyName,
    epoch: isEpoch,
    epk: isPublicJwk,
  });
}

/**
 * Opens a grant.
 * @param input.expect where the grant was found, the reader's kid, and `commit` of the verified epoch record: a grant
 *   proves no sender, so only a signed record says which key is the case's
 * @returns the case key, 32 bytes
 * @throws VaultError where anything differs
 */
export function openGrant(input: {
  jwe: CompactJwe;
  privateKey: CryptoKey;
  expect: GrantPlace & { reader: KeyId; commit: Base64url };
}): Promise<Bytes> {
  const { jwe, privateKey, expect } = input;
  return failClosed(async () => {
    const { caseKey, commit } = await openPayload(jwe, privateKey, expect);
    requireThat(commit === expect.commit);
    return caseKey;
  });
}

/** A case key that was granted again, and what shows to whoever holds it that a reader of it did so. */
export interface Regrant {
  jwe: CompactJwe;
  /** {@link showRenewal}, or {@link showJoining} where it went to somebody else */
  held: Base64url;
}

/**
 * Grants to a reader's new key, or to a colleague, what a reader's key opens, without handing the case key out. Whether it is the case's is for
 * whoever opens it to see, as of any grant: what a server planted is planted still, and known to nobody new.
 * @param input.expect where the grant was found, and the kid of the key that opens it
 * @param input.reader the reader's own new key, as they hold it and not as a server names it; or the colleague's, held to
 *   the log of keys
 * @param input.joins whether it is a colleague's
 * @throws VaultError where it does not open
 */
export function regrantKey(input: {
  jwe: CompactJwe;
  privateKey: CryptoKey;
  expect: GrantPlace & { reader: KeyId };
  reader: PublicKey;
  joins?: boolean;
}): Promise<Regrant> {
  const { jwe, privateKey, expect, reader, joins = false } = input;
  return failClosed(async () => {
    const { caseKey } = await openPayload(jwe, privateKey, expect);
    const { caseId, key, epoch } = expect;
    const held = await (joins
      ? showJoining(caseKey, reader.kid)
      : showRenewal(caseKey, { from: expect.reader, to: reader.kid }));
    return { jwe: await grantKey({ caseKey, caseId, key, epoch, reader }), held };
  });
}

/**
 * What shows to those who hold a case key that one of them says that a reader has a new key: HKDF of the case key over both
 * kids. A server, which names the keys of staff, holds no case key to show.
 */
export async function showRenewal(caseKey: Bytes, { from, to }: { from: KeyId; to: KeyId }): Promise<Base64url> {
  return encode(await derive(caseKey, `renewed ${from} ${to}`));
}

/**
 * What shows to those who hold a case key that one of them let somebody read with this key whom no record named: HKDF of
 * the case key over its kid.
 */
export async function showJoining(caseKey: Bytes, kid: KeyId): Promise<Base64url> {
  return encode(await derive(caseKey, `joined ${kid}`));
}

async function openPayload(
  jwe: CompactJwe,
  privateKey: CryptoKey,
  expect: GrantPlace & { reader: KeyId },
): Promise<{ caseKey: Bytes; commit: Base64url }> {
  const header = readGrantHeader(jwe);
  requireThat(header.case === expect.caseId && header.key === expect.key && header.epoch === expect.epoch);
  requireThat(header.kid === expect.reader);
  const opened = await compactDecrypt(jwe, privateKey, WRAPPED);
  const { key, commit } = readForm(readJson(fromUtf8(opened.plaintext)), { key: isHash, commit: isHash });
  const caseKey = decode(key);
  requireThat((await commitOf(caseKey)) === commit);
  return { caseKey, commit };
}

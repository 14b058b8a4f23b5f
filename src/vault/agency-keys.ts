import { CompactEncrypt, compactDecrypt, type CryptoKey } from 'jose';
import { fromUtf8, utf8 } from './bytes.js';
import { is, isHash, readForm, readJson, readJwe, requireInput } from './form.js';
import {
  importPrivateKey,
  importPublicKey,
  isPublicJwk,
  requirePair,
  thumbprint,
  type HeldKey,
  type PrivateJwk,
  type PublicJwk,
  type PublicKey,
} from './keys.js';
import { SUITE, WRAPPED, WRAPPED_KEY, failClosed, requireThat, type CompactJwe, type KeyId } from './suite.js';

const MAX_PAYLOAD = 512;

export interface AgencyGrantHeader {
  alg: 'ECDH-ES+A256KW';
  enc: 'A256GCM';
  /** The officer's personal agreement key. */
  kid: KeyId;
  suite: typeof SUITE;
  purpose: 'agency-key';
  /** The agency key inside. */
  sealed: KeyId;
  epk: PublicJwk;
}

/** Which agency key is granted, and to whom. */
export interface AgencyGrantPlace {
  reader: KeyId;
  sealed: KeyId;
}

/** Seals an agency's private key to one officer's agreement key. @throws VaultError where the reader's kid is not its key's */
export async function grantAgencyKey(input: { privateJwk: PrivateJwk; reader: PublicKey }): Promise<CompactJwe> {
  const { kty, crv, x, y, d } = input.privateJwk;
  requireInput(typeof d === 'string', 'privateJwk');
  const sealed = await thumbprint({ kty, crv, x, y });
  return new CompactEncrypt(utf8(JSON.stringify({ kty, crv, x, y, d })))
    .setProtectedHeader({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
      kid: input.reader.kid,
      suite: SUITE,
      purpose: 'agency-key',
      sealed,
    })
    .encrypt(await importPublicKey(input.reader, 'agreement'));
}

/** The header of an agency key's grant, by its form alone and without a key. @throws VaultError */
export function readAgencyGrantHeader(jwe: unknown): AgencyGrantHeader {
  const { header, encryptedKey } = readJwe(jwe, MAX_PAYLOAD);
  requireThat(encryptedKey === WRAPPED_KEY);
  return readForm<AgencyGrantHeader>(header, {
    alg: is('ECDH-ES+A256KW'),
    enc: is('A256GCM'),
    kid: isHash,
    suite: is(SUITE),
    purpose: is('agency-key'),
    sealed: isHash,
    epk: isPublicJwk,
  });
}

/** Opens an agency's key for use by the officer it was granted to: non-extractable. @throws VaultError */
export function openAgencyKey(input: {
  jwe: CompactJwe;
  privateKey: CryptoKey;
  expect: AgencyGrantPlace;
}): Promise<HeldKey> {
  return failClosed(async () => {
    return importPrivateKey(await openPrivateJwk(input), 'agreement');
  });
}

/** Grants an agency's key on to a colleague: by who holds a grant, and without handing the key out. @throws VaultError */
export function regrantAgencyKey(input: {
  jwe: CompactJwe;
  privateKey: CryptoKey;
  expect: AgencyGrantPlace;
  reader: PublicKey;
}): Promise<CompactJwe> {
  return failClosed(async () => {
    return grantAgencyKey({ privateJwk: await openPrivateJwk(input), reader: input.reader });
  });
}

/* Whoever grants could put in another key, or another private part beside the public one that was promised. */
async function openPrivateJwk(input: {
  jwe: CompactJwe;
  privateKey: CryptoKey;
  expect: AgencyGrantPlace;
}): Promise<PrivateJwk> {
  const header = readAgencyGrantHeader(input.jwe);
  requireThat(header.kid === input.expect.reader && header.sealed === input.expect.sealed);
  const opened = await compactDecrypt(input.jwe, input.privateKey, WRAPPED);
  const privateJwk = readJson(fromUtf8(opened.plaintext)) as unknown as PrivateJwk;
  await requirePair(privateJwk);
  requireThat((await thumbprint(privateJwk)) === input.expect.sealed);
  return privateJwk;
}

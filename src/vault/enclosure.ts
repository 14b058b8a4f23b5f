import { CompactEncrypt, compactDecrypt } from 'jose';
import { fromUtf8, utf8 } from './bytes.js';
import { is, isHash, isText, isUuid, readForm, readJson, readJwe, requireInput } from './form.js';
import { importPublicKey, isPublicJwk, type HeldKey, type PublicJwk, type PublicKey } from './keys.js';
import {
  failClosed,
  requireThat,
  SUITE,
  WRAPPED,
  WRAPPED_KEY,
  type CaseId,
  type CompactJwe,
  type KeyId,
} from './suite.js';

/** Every enclosure has this length, whether or not there is anything in it. */
const PAYLOAD = 160;
const MAY_HOLD = /^[a-z0-9 -]{0,120}$/;

interface EnclosureHeader {
  alg: 'ECDH-ES+A256KW';
  enc: 'A256GCM';
  /** The agreement key of the person's mailbox. */
  kid: KeyId;
  suite: typeof SUITE;
  purpose: 'enclosure';
  case: CaseId;
  epk: PublicJwk;
}

/**
 * Seals, inside a reply, what the person alone may read and none of the agency's other officers: JWE ECDH-ES+A256KW on P-384.
 * Each reply holds one, most often an empty one of the same length, so that one that holds something does not stand out.
 *
 * @param input.receipt the words of a mailbox made for the person; empty where there are none
 * @param input.reader the mailbox's agreement key
 * @throws VaultError where the reader's kid is not the thumbprint of its key; TypeError where a parameter has not its form
 */
export async function sealEnclosure(input: {
  caseId: CaseId;
  reader: PublicKey;
  receipt: string;
}): Promise<CompactJwe> {
  const { caseId, reader, receipt } = input;
  requireInput(isUuid(caseId), 'caseId');
  requireInput(MAY_HOLD.test(receipt), 'receipt');
  const bare = JSON.stringify({ receipt, pad: '' });
  const payload = JSON.stringify({ receipt, pad: '='.repeat(PAYLOAD - bare.length) });
  const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: reader.kid, suite: SUITE, case: caseId } as const;
  return new CompactEncrypt(utf8(payload))
    .setProtectedHeader({ ...header, purpose: 'enclosure' })
    .encrypt(await importPublicKey(reader, 'agreement'));
}

/**
 * Opens what {@link sealEnclosure} sealed. Who made it, the signature of the reply around it says.
 *
 * @returns the receipt; empty where there is none
 * @throws VaultError where anything differs
 */
export function openEnclosure(input: { jwe: unknown; caseId: CaseId; reader: HeldKey }): Promise<string> {
  const { jwe, caseId, reader } = input;
  return failClosed(async () => {
    const { header, encryptedKey, ciphertext } = readJwe(jwe, PAYLOAD);
    requireThat(encryptedKey === WRAPPED_KEY && ciphertext === PAYLOAD);
    const found = readForm<EnclosureHeader>(header, {
      alg: is('ECDH-ES+A256KW'),
      enc: is('A256GCM'),
      kid: isHash,
      suite: is(SUITE),
      purpose: is('enclosure'),
      case: isUuid,
      epk: isPublicJwk,
    });
    requireThat(found.case === caseId && found.kid === reader.kid);
    const { plaintext } = await compactDecrypt(jwe as CompactJwe, reader.privateKey, WRAPPED);
    const { receipt } = readForm(readJson(fromUtf8(plaintext)), { receipt: isText, pad: isText });
    requireThat(MAY_HOLD.test(receipt));
    return receipt;
  });
}

import { CompactEncrypt, compactDecrypt } from 'jose';
import { derive, fromUtf8, utf8 } from './bytes.js';
import { is, readForm, readJson, readJwe } from './form.js';
import { PADDED_LENGTHS, pad, unpad } from './padding.js';
import { receiptSecret } from './receipt.js';
import { DIRECT, failClosed, requireThat, SUITE, type CompactJwe, type JsonObject } from './suite.js';

interface DraftHeader {
  alg: 'dir';
  enc: 'A256GCM';
  suite: typeof SUITE;
  purpose: 'draft';
}

const MAX_CIPHERTEXT = 131_072;

/**
 * Seals what somebody puts aside in their own browser before it is sent to anybody, padded as items are.
 *
 * @param code eight words drawn as a receipt is (`makeReceipt`), which only they hold
 * @throws ContentTooLong; VaultError where the code is not eight words of the list
 */
export async function sealDraft(code: string, content: JsonObject): Promise<CompactJwe> {
  const header: DraftHeader = { alg: 'dir', enc: 'A256GCM', suite: SUITE, purpose: 'draft' };
  return new CompactEncrypt(pad(utf8(JSON.stringify(content))))
    .setProtectedHeader({ ...header })
    .encrypt(await draftKey(code));
}

/** Opens what {@link sealDraft} sealed, with its code however it is typed. @throws VaultError */
export function openDraft(code: string, jwe: unknown): Promise<JsonObject> {
  return failClosed(async () => {
    const { header, encryptedKey, ciphertext } = readJwe(jwe, MAX_CIPHERTEXT);
    requireThat(encryptedKey === 0 && PADDED_LENGTHS.some((length) => length === ciphertext));
    readForm<DraftHeader>(header, { alg: is('dir'), enc: is('A256GCM'), suite: is(SUITE), purpose: is('draft') });
    const { plaintext } = await compactDecrypt(jwe as CompactJwe, await draftKey(code), DIRECT);
    return readJson(fromUtf8(unpad(plaintext)));
  });
}

async function draftKey(code: string): ReturnType<typeof derive> {
  return derive(receiptSecret(code), 'draft');
}

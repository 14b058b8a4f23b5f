import { CompactEncrypt, CompactSign, compactDecrypt, compactVerify } from 'jose';
import { fromUtf8, utf8 } from './bytes.js';
import { MAX_CONTENT_BYTES } from './content.js';
import { is, isHash, isText, isUuid, readForm, readJson, readJwe, readJws, requireInput } from './form.js';
import {
  importPublicKey,
  isPublicJwk,
  type FindKey,
  type HeldKey,
  type PublicJwk,
  type PublicKey,
  type Signer,
} from './keys.js';
import { PADDED_LENGTHS, pad, unpad } from './padding.js';
import {
  ContentTooLong,
  failClosed,
  requireThat,
  SIGNED,
  SUITE,
  WRAPPED,
  WRAPPED_KEY,
  type CompactJwe,
  type KeyId,
} from './suite.js';

const MAX_CIPHERTEXT = 131_072;
const AGENCY_ID = /^[a-z][a-z0-9_]{0,63}$/;

/** What is reported: what happened, and what was done about it. */
export interface ReportContent {
  what: string;
  done: string;
}

/** Which report it is: a lower-case UUID chosen by whoever reports, and the id of their agency. */
export interface ReportPlace {
  report: string;
  from: string;
}

export interface ReportHeader extends ReportPlace {
  alg: 'ECDH-ES+A256KW';
  enc: 'A256GCM';
  /** The key of the agency that it is reported to. */
  kid: KeyId;
  suite: typeof SUITE;
  purpose: 'report';
  epk: PublicJwk;
}

interface SignatureHeader extends ReportPlace {
  alg: 'ES384';
  kid: KeyId;
  suite: typeof SUITE;
  purpose: 'report';
}

/**
 * Signs, pads and seals a report of serious misconduct to the key of the agency that takes it: JWE ECDH-ES+A256KW on P-384,
 * within it a JWS ES384 of who reports.
 *
 * @param input.reader that agency's complaints key
 * @param input.signer the signing key of who reports
 * @throws ContentTooLong over {@link MAX_CONTENT_BYTES}; VaultError where the reader's kid is not the thumbprint of its key;
 *   TypeError where a parameter has not its form
 */
export async function sealReport(
  input: ReportPlace & { reader: PublicKey; signer: Signer; content: ReportContent },
): Promise<CompactJwe> {
  const { report, from, reader, signer, content } = input;
  requireInput(isUuid(report), 'report');
  requireInput(isAgency(from), 'from');
  requireInput(isHash(signer.kid), 'signer');
  requireInput(isText(content.what) && isText(content.done), 'content');
  const json = utf8(JSON.stringify({ what: content.what, done: content.done }));
  if (json.length > MAX_CONTENT_BYTES) throw new ContentTooLong();
  const place = { suite: SUITE, purpose: 'report', report, from } as const;
  const signature: SignatureHeader = { alg: 'ES384', kid: signer.kid, ...place };
  const signed = await new CompactSign(json).setProtectedHeader({ ...signature }).sign(signer.privateKey);
  return new CompactEncrypt(pad(utf8(signed)))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: reader.kid, ...place })
    .encrypt(await importPublicKey(reader, 'agreement'));
}

/** The header of a sealed report, by its form alone and without a key. The server can check no more. @throws VaultError */
export function readReportHeader(jwe: unknown): ReportHeader {
  const { header, encryptedKey, ciphertext } = readJwe(jwe, MAX_CIPHERTEXT);
  requireThat(encryptedKey === WRAPPED_KEY && PADDED_LENGTHS.some((length) => length === ciphertext));
  return readForm<ReportHeader>(header, {
    alg: is('ECDH-ES+A256KW'),
    enc: is('A256GCM'),
    kid: isHash,
    suite: is(SUITE),
    purpose: is('report'),
    report: isUuid,
    from: isAgency,
    epk: isPublicJwk,
  });
}

/**
 * Opens a report and verifies who made it.
 *
 * @param input.expect which report, and from which agency, it was found as
 * @param input.verify finds the signing keys of that agency's people
 * @returns what is reported, and whose signature was verified
 * @throws VaultError where anything differs
 */
export function openReport(input: {
  jwe: unknown;
  expect: ReportPlace;
  reader: HeldKey;
  verify: FindKey;
}): Promise<{ content: ReportContent; signedBy: KeyId }> {
  const { jwe, expect, reader, verify } = input;
  return failClosed(async () => {
    const outer = readReportHeader(jwe);
    requireThat(outer.report === expect.report && outer.from === expect.from && outer.kid === reader.kid);
    const { plaintext } = await compactDecrypt(jwe as CompactJwe, reader.privateKey, WRAPPED);
    const signed = fromUtf8(unpad(plaintext));
    const inner = readForm<SignatureHeader>(readJws(signed, MAX_CIPHERTEXT).header, {
      alg: is('ES384'),
      kid: isHash,
      suite: is(SUITE),
      purpose: is('report'),
      report: isUuid,
      from: isAgency,
    });
    requireThat(inner.report === expect.report && inner.from === expect.from);
    const signer = await verify(inner.kid);
    requireThat(signer !== undefined);
    const { payload } = await compactVerify(signed, signer, SIGNED);
    const content = readForm<ReportContent>(readJson(fromUtf8(payload)), { what: isText, done: isText });
    return { content, signedBy: inner.kid };
  });
}

function isAgency(value: unknown): value is string {
  return typeof value === 'string' && AGENCY_ID.test(value);
}

import { CompactSign, compactVerify } from 'jose';
import { utf8 } from './bytes.js';
import { MAX_READERS } from './epochs.js';
import { areKids, is, isHash, isUuid, readForm, readJson, readJws, requireInput } from './form.js';
import type { FindKey, Signer } from './keys.js';
import {
  SIGNED,
  SUITE,
  failClosed,
  requireThat,
  type CaseId,
  type CaseKeyName,
  type CompactJws,
  type KeyId,
} from './suite.js';

const MAX_CONSENT = 8192;
const TYPE = 'onedoor-consent';
const AGENCY_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const SHARES: readonly (readonly CaseKeyName[])[] = [['case'], ['case', 'identity']];

/** What may be shared on a referral: what was said, or also who said it. */
export type Share = readonly ['case'] | readonly ['case', 'identity'];

/** What a person agrees to: this case, in this referral, to this agency's keys, and no more than this of it. */
export interface Consent {
  suite: typeof SUITE;
  case: CaseId;
  /** The referral's id: a consent counts once. */
  referral: string;
  /** Id of the agency that may read. */
  agency: string;
  /** Kids of that agency's readers, in order, each once. */
  readers: KeyId[];
  share: Share;
}

export interface SignedConsent extends Consent {
  signedBy: KeyId;
}

/**
 * Signs a person's consent to a referral: JWS ES384 (RFC 7515) by the signing key of their mailbox.
 *
 * @throws {TypeError} where a parameter has not its form
 */
export async function signConsent(input: {
  caseId: CaseId;
  referral: string;
  agency: string;
  readers: readonly KeyId[];
  share: Share;
  signer: Signer;
}): Promise<CompactJws> {
  const { caseId, referral, agency, share, signer } = input;
  const readers = [...new Set(input.readers)].sort();
  requireInput(isUuid(caseId), 'caseId');
  requireInput(isUuid(referral), 'referral');
  requireInput(isAgency(agency), 'agency');
  requireInput(areKids(readers, MAX_READERS), 'readers');
  requireInput(isShare(share), 'share');
  const consent: Consent = { suite: SUITE, case: caseId, referral, agency, readers, share };
  return new CompactSign(utf8(JSON.stringify(consent)))
    .setProtectedHeader({ alg: 'ES384', kid: signer.kid, suite: SUITE, typ: TYPE })
    .sign(signer.privateKey);
}

/** What a consent says, by its form alone: nothing is verified. @throws VaultError */
export function readConsent(jws: unknown): SignedConsent {
  const { header, payload } = readJws(jws, MAX_CONSENT);
  const { kid } = readForm(header, { alg: is('ES384'), kid: isHash, suite: is(SUITE), typ: is(TYPE) });
  const consent = readForm<Consent>(readJson(payload), {
    suite: is(SUITE),
    case: isUuid,
    referral: isUuid,
    agency: isAgency,
    readers: (value): value is KeyId[] => areKids(value, MAX_READERS),
    share: isShare,
  });
  return { ...consent, signedBy: kid };
}

/**
 * Verifies a consent of one case.
 *
 * @param input.verify names the mailbox's signing key, and nobody else's
 * @throws {VaultError} where anything differs
 */
export function verifyConsent(input: { jws: CompactJws; caseId: CaseId; verify: FindKey }): Promise<SignedConsent> {
  return failClosed(async () => {
    const consent = readConsent(input.jws);
    requireThat(consent.case === input.caseId);
    const signer = await input.verify(consent.signedBy);
    requireThat(signer !== undefined);
    await compactVerify(input.jws, signer, SIGNED);
    return consent;
  });
}

function isAgency(value: unknown): value is string {
  return typeof value === 'string' && AGENCY_ID.test(value);
}

function isShare(value: unknown): value is Share {
  return Array.isArray(value) && SHARES.some((share) => JSON.stringify(share) === JSON.stringify(value));
}

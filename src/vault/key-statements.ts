import { CompactSign, compactVerify } from 'jose';
import { utf8 } from './bytes.js';
import { MAX_READERS } from './epochs.js';
import { areKids, is, isHash, isObject, readForm, readJson, readJws, requireInput } from './form.js';
import type { FindKey, Signer } from './keys.js';
import { SIGNED, SUITE, failClosed, requireThat, type CompactJws, type KeyId } from './suite.js';

const MAX_STATEMENT = 8192;
const TYPE = 'onedoor-key-statement';
const AGENCY_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const SAYINGS = ['holds', 'share_1', 'share_2', 'share_3', 'drilled', 'recovers'] as const;

/**
 * What an officer says of a key of their agency: that they opened it and it is what it says; that this share of it was
 * typed back and gives it; that it was put together again in a drill; that it is to be used to grant anew.
 */
export type KeySaying = (typeof SAYINGS)[number];

/** A statement about a key of an agency. */
interface KeyStatement {
  suite: typeof SUITE;
  agency: string;
  key: KeyId;
  said: KeySaying;
  /** YYYY-MM-DD in Pacific/Auckland. */
  day: string;
  /** Of `recovers`: kids of the officers' keys that are to be granted to, in order, each once. */
  to?: KeyId[];
}

export interface SignedKeyStatement extends KeyStatement {
  signedBy: KeyId;
}

/**
 * Signs a statement about a key: JWS ES384 (RFC 7515) by the officer's signing key.
 *
 * @throws {TypeError} where a parameter has not its form
 */
export async function signKeyStatement(input: {
  agency: string;
  key: KeyId;
  said: KeySaying;
  day: string;
  to?: readonly KeyId[];
  signer: Signer;
}): Promise<CompactJws> {
  const { agency, key, said, day, signer } = input;
  const to = input.to && [...new Set(input.to)].sort();
  requireInput(AGENCY_ID.test(agency), 'agency');
  requireInput(isHash(key), 'key');
  requireInput(isDay(day), 'day');
  requireInput((to !== undefined) === (said === 'recovers'), 'to');
  requireInput(to === undefined || areKids(to, MAX_READERS), 'to');
  const statement: KeyStatement = { suite: SUITE, agency, key, said, day, ...(to && { to }) };
  return new CompactSign(utf8(JSON.stringify(statement)))
    .setProtectedHeader({ alg: 'ES384', kid: signer.kid, suite: SUITE, typ: TYPE })
    .sign(signer.privateKey);
}

/** What a statement says, by its form alone: nothing is verified. @throws VaultError */
export function readKeyStatement(jws: unknown): SignedKeyStatement {
  const { header, payload } = readJws(jws, MAX_STATEMENT);
  const { kid } = readForm(header, { alg: is('ES384'), kid: isHash, suite: is(SUITE), typ: is(TYPE) });
  const said = readJson(payload);
  requireThat(isObject(said) && Object.hasOwn(said, 'to') === (said.said === 'recovers'));
  const statement = readForm<KeyStatement>(said, {
    suite: is(SUITE),
    agency: (value): value is string => typeof value === 'string' && AGENCY_ID.test(value),
    key: isHash,
    said: (value): value is KeySaying => SAYINGS.some((saying) => saying === value),
    day: isDay,
    ...(Object.hasOwn(said, 'to') && { to: (value): value is KeyId[] => areKids(value, MAX_READERS) }),
  });
  return { ...statement, signedBy: kid };
}

/**
 * Verifies a statement about one key of one agency.
 *
 * @param input.verify names the signing keys that count
 * @throws {VaultError} where anything differs
 */
export function verifyKeyStatement(input: {
  jws: CompactJws;
  expect: { agency: string; key: KeyId };
  verify: FindKey;
}): Promise<SignedKeyStatement> {
  return failClosed(async () => {
    const statement = readKeyStatement(input.jws);
    requireThat(statement.agency === input.expect.agency && statement.key === input.expect.key);
    const signer = await input.verify(statement.signedBy);
    requireThat(signer !== undefined);
    await compactVerify(input.jws, signer, SIGNED);
    return statement;
  });
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(value));
}

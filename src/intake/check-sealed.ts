import { createHash, ECDH } from 'node:crypto';
import { custodiansAmong } from '../agencies/identity-readers.js';
import type { Reader } from '../agencies/readers.js';
import type { CasePath } from '../cases/case.entity.js';
import { readItemHeader } from '../vault/content.js';
import { readEpochRecord } from '../vault/epochs.js';
import { readGrantHeader } from '../vault/grants.js';
import { type PublicKey, readPublicJwk, readSealedKeysHeader } from '../vault/keys.js';
import { VaultError } from '../vault/suite.js';
import { Invalid, type FieldError } from '../web/errors.js';
import type { SealedSubmission } from './submission.js';

/** A disclosure that only one person could read would lie with that person alone. */
const FEWEST_DISCLOSURE_READERS = 2;

/**
 * Checks all of a sealed submission that can be checked without a key: form, that every part speaks of the same case,
 * and that its keys are granted to the receiver's current readers and to the mailbox, and to nobody else: that of the
 * identity to those alone who keep names, where the receiver has such. Signatures and commits are checked by the readers' browsers, who alone can open what they belong to.
 *
 * @throws {Invalid} naming every field that is wrong
 */
export function checkSealed(
  { sealed, grants, mailbox }: SealedSubmission,
  readers: readonly Pick<Reader, 'kid' | 'recovery' | 'custodian'>[],
  path: CasePath,
): void {
  const wrong: FieldError[] = [];
  const need = (holds: boolean, field: string, code: string, message: string): void => {
    if (!holds) wrong.push({ field, code, message });
  };
  const form = <T>(field: string, read: () => T, holds: (found: T) => boolean): void => {
    need(passes(read, holds), field, 'malformed', 'This is not sealed as it must be, or belongs to another case.');
  };

  const keys = sealed.epochs.map(({ key }) => key);
  need(keys.includes('case'), 'sealed.epochs', 'missing', 'The epoch record of the case key is missing.');
  need(new Set(keys).size === keys.length, 'sealed.epochs', 'repeated', 'There is more than one record for a key.');
  need(
    sealed.items.some(({ kind }) => kind === 'statement'),
    'sealed.items',
    'missing',
    'The statement is missing.',
  );
  need(
    new Set(sealed.items.map(({ kind }) => kind)).size === sealed.items.length &&
      new Set(sealed.items.map(({ id }) => id)).size === sealed.items.length,
    'sealed.items',
    'repeated',
    'There is more than one item of a kind.',
  );

  const commits = new Map<string, string>();
  const recorded = new Map<string, readonly string[]>();
  sealed.epochs.forEach(({ key, record }, i) => {
    form(
      `sealed.epochs.${i.toString()}.record`,
      () => readEpochRecord(record),
      (found) => {
        commits.set(key, found.commit);
        recorded.set(key, found.readers);
        const first = found.epoch === 1 && found.previous === null;
        return first && found.case === sealed.case && found.key === key && found.signedBy === mailbox.signing.kid;
      },
    );
  });
  sealed.items.forEach(({ id, key, kind, jwe }, i) => {
    const field = `sealed.items.${i.toString()}`;
    need(key === (kind === 'identity' ? 'identity' : 'case'), `${field}.key`, 'wrong_key', 'Sealed under a wrong key.');
    form(
      `${field}.jwe`,
      () => readItemHeader(jwe),
      (found) =>
        found.caseId === sealed.case &&
        found.epoch === 1 &&
        found.key === key &&
        found.item === id &&
        found.kind === kind &&
        found.commit === commits.get(key),
    );
  });

  const allowed = new Set([...readers.map(({ kid }) => kid), mailbox.agreement.kid]);
  const custodians = custodiansAmong(readers);
  const readersOf = (key: string): typeof readers =>
    key === 'identity' && custodians.length > 0 ? custodians : readers;
  const granted = new Map(keys.map((key) => [key, new Set<string>()]));
  grants.forEach(({ key, reader, jwe }, i) => {
    const field = `grants.${i.toString()}`;
    need(allowed.has(reader), `${field}.reader`, 'not_current_reader', 'This is not a current key of the receiver.');
    const apart = !allowed.has(reader) || reader === mailbox.agreement.kid;
    need(
      apart || readersOf(key).some(({ kid }) => kid === reader),
      `${field}.reader`,
      'not_a_custodian',
      'The receiver keeps names apart: this key is granted to readers with `custodian` alone, and to the mailbox.',
    );
    need(granted.has(key), `${field}.key`, 'unknown_key', 'There is no record of this key.');
    need(!granted.get(key)?.has(reader), `${field}.reader`, 'repeated', 'This key is granted to this reader twice.');
    granted.get(key)?.add(reader);
    form(
      `${field}.jwe`,
      () => readGrantHeader(jwe),
      (found) => found.case === sealed.case && found.key === key && found.kid === reader && found.epoch === 1,
    );
  });
  for (const [key, to] of granted) {
    const meant = readersOf(key);
    const people = meant.filter(({ recovery }) => recovery !== true);
    const fewest = path === 'complaint' ? people.length : Math.min(FEWEST_DISCLOSURE_READERS, people.length);
    need(to.has(mailbox.agreement.kid), 'grants', 'mailbox_missing', 'The mailbox itself must be able to read.');
    const enough = people.filter(({ kid }) => to.has(kid)).length >= fewest;
    need(enough, 'grants', 'reader_missing', 'Too few of the receiver’s readers could open this.');
    const kept = meant.every(({ kid, recovery }) => recovery !== true || to.has(kid));
    need(
      kept,
      'grants',
      'recovery_missing',
      'The receiver’s recovery key must be able to read, or this could be lost.',
    );
    const same = recorded.get(key)?.length === to.size && [...to].every((kid) => recorded.get(key)?.includes(kid));
    need(same, 'grants', 'not_as_recorded', 'The grants are not those that the epoch record names.');
  }

  for (const which of ['agreement', 'signing'] as const) {
    const { kid, jwk } = mailbox[which];
    const valid = passes(
      () => readPublicJwk(jwk),
      (found) => thumbprint(found) === kid && liesOnCurve(found),
    );
    need(valid, `mailbox.${which}`, 'malformed', 'This is not a P-384 public key under its thumbprint.');
    const apart = readers.every((reader) => reader.kid !== kid);
    need(apart, `mailbox.${which}`, 'receivers_key', 'A mailbox must have keys of its own, not one of its receiver’s.');
  }
  form(
    'mailbox.sealedPrivate',
    () => readSealedKeysHeader(mailbox.sealedPrivate),
    (found) => found.purpose === 'mailbox' && found.kid === mailbox.agreement.kid,
  );
  const apart = mailbox.signing.kid !== mailbox.agreement.kid;
  need(apart, 'mailbox.signing', 'repeated', 'One key pair must not both agree and sign.');
  if (wrong.length > 0) throw new Invalid(wrong);
}

/** RFC 7638, as the vault does it, but at once: two trips through the thread pool cost more than all else here. */
function thumbprint({ crv, kty, x, y }: PublicKey['jwk']): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/**
 * Whether a key is one, where its form is right; one that is not would stop the page of each officer who opens the case.
 * P-384 has cofactor 1, so that a point on the curve is a key (NIST SP 800-56A rev. 3, 5.6.2.3.4). createPublicKey
 * multiplies by the order as well, which takes a millisecond on the way of every lodging.
 */
function liesOnCurve({ x, y }: PublicKey['jwk']): boolean {
  try {
    const uncompressed = [Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    ECDH.convertKey(Buffer.concat(uncompressed), 'secp384r1');
    return true;
  } catch {
    return false;
  }
}

function passes<T>(read: () => T, holds: (found: T) => boolean): boolean {
  try {
    return holds(read());
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}

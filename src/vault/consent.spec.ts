import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { expectClosed, knowing, person, spoiled, type Person } from '../../test/vault/people.js';
import { encode, utf8 } from './bytes.js';
import { readConsent, signConsent, verifyConsent, type Consent, type SignedConsent } from './consent.js';
import { beginEpoch, verifyEpochs } from './epochs.js';
import { SUITE } from './suite.js';

const caseId = crypto.randomUUID();
const referral = crypto.randomUUID();
let mailbox: Person;
let officer: Person;
let consent: Consent;
let jws: string;

beforeAll(async () => {
  [mailbox, officer] = await Promise.all([person(), person()]);
  const readers = [mailbox.agreement.kid, officer.agreement.kid].sort();
  consent = { suite: SUITE, case: caseId, referral, agency: 'privacy_commissioner', readers, share: ['case'] };
  jws = await sign(readers);
});

function sign(readers: readonly string[]): Promise<string> {
  return signConsent({ ...consent, caseId, readers, signer: mailbox.signing });
}

function verify(given: string, expected = caseId, by = mailbox): Promise<SignedConsent> {
  return verifyConsent({ jws: given, caseId: expected, verify: knowing(by) });
}

async function signed(wrong: object, header: object = {}): Promise<string> {
  return new CompactSign(utf8(JSON.stringify({ ...consent, ...wrong })))
    .setProtectedHeader({ alg: 'ES384', kid: mailbox.signing.kid, suite: SUITE, typ: 'onedoor-consent', ...header })
    .sign(mailbox.signing.privateKey);
}

describe('a consent', () => {
  it('says what was agreed to, and who signed it', async () => {
    await expect(verify(jws)).resolves.toEqual({ ...consent, signedBy: mailbox.signing.kid });
  });

  it('names each reader once, in order, however they were given', async () => {
    const given = [...consent.readers, ...consent.readers].reverse();
    expect(readConsent(await sign(given)).readers).toEqual(consent.readers);
  });

  it('counts for no other case, and by nobody else’s signature', async () => {
    await expectClosed(verify(jws, crypto.randomUUID()));
    await expectClosed(verify(jws, caseId, officer));
    const posing = { kid: mailbox.signing.kid, privateKey: officer.signing.privateKey };
    await expectClosed(verify(await signConsent({ ...consent, caseId, signer: posing })));
  });

  it('is read by its form alone: nothing missing, nothing unknown, and nothing shared that there is not', async () => {
    for (const wrong of [
      { case: 'x' },
      { referral: 'x' },
      { agency: '' },
      { agency: 'A b' },
      { agency: 'a'.repeat(65) },
      { readers: [] },
      { readers: [...consent.readers].reverse() },
      { readers: ['short'] },
      { share: [] },
      { share: ['identity'] },
      { share: ['identity', 'case'] },
      { share: ['case', 'desk'] },
      { share: ['case', 'identity', 'identity'] },
      { suite: 'onedoor-seal-2' },
      { more: 1 },
      { agency: undefined },
    ]) {
      const given = await signed(wrong);
      await expectClosed(() => readConsent(given));
    }
    for (const header of [{ typ: 'JWT' }, { typ: undefined }, { suite: 'x' }, { more: 1 }]) {
      const given = await signed({}, header);
      await expectClosed(() => readConsent(given));
    }
    for (const wrong of [null, 7, '', '..', 'x'.repeat(100_000)]) await expectClosed(() => readConsent(wrong));
    expect(readConsent(await signed({ share: ['case', 'identity'] })).share).toEqual(['case', 'identity']);
  });

  it('spoiled anywhere, cut or with parts in another order fails with the one error', async () => {
    await fc.assert(
      fc.asyncProperty(spoiled(jws), (wrong) => expectClosed(verify(wrong))),
      { numRuns: 200 },
    );
  });

  it('is no epoch, and an epoch is no consent', async () => {
    await expectClosed(verifyEpochs({ records: [jws], expect: { caseId, key: 'case' }, verify: knowing(mailbox) }));
    const readers = [officer.agreement];
    const { record } = await beginEpoch({ caseId, key: 'case', readers, signer: mailbox.signing });
    await expectClosed(verify(record));
  });

  it('is not signed where a parameter has not its form', async () => {
    const good = { ...consent, caseId, signer: mailbox.signing };
    for (const wrong of [
      { caseId: 'x' },
      { referral: 'x' },
      { agency: 'X' },
      { readers: [] },
      { readers: Array.from({ length: 65 }, (_, n) => encode(new Uint8Array(32).fill(n))) },
      { share: ['identity'] as unknown as ['case'] },
    ]) {
      await expect(signConsent({ ...good, ...wrong })).rejects.toThrow(TypeError);
    }
  });
});

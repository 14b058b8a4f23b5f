import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectClosed, knowing, person, spoiled, type Person } from '../../test/vault/people.js';
import { readKeyStatement, signKeyStatement, verifyKeyStatement } from './key-statements.js';
import { makeKeyPair } from './keys.js';

const day = '2026-11-28';

let officer: Person;
let stranger: Person;
let key: string;
let jws: string;

beforeAll(async () => {
  [officer, stranger] = await Promise.all([person(), person()]);
  key = (await makeKeyPair('agreement')).kid;
  jws = await signKeyStatement({ agency: 'ipca', key, said: 'holds', day, signer: officer.signing });
});

describe('a statement about a key', () => {
  it('says which key of which agency, what, when and who', async () => {
    const verify = knowing(officer);
    expect(await verifyKeyStatement({ jws, expect: { agency: 'ipca', key }, verify })).toEqual({
      suite: 'onedoor-seal-1',
      agency: 'ipca',
      key,
      said: 'holds',
      day,
      signedBy: officer.signing.kid,
    });
  });

  it('counts for no other agency or key, and from nobody else', async () => {
    const verify = knowing(officer);
    await expectClosed(verifyKeyStatement({ jws, expect: { agency: 'psc', key }, verify }));
    const other = stranger.agreement.kid;
    await expectClosed(verifyKeyStatement({ jws, expect: { agency: 'ipca', key: other }, verify }));
    await expectClosed(verifyKeyStatement({ jws, expect: { agency: 'ipca', key }, verify: knowing(stranger) }));
  });

  it('that asks for a recovery names who is to be granted to; no other does', async () => {
    const to = [stranger.agreement.kid, officer.agreement.kid];
    const recovers = await signKeyStatement({
      agency: 'ipca',
      key,
      said: 'recovers',
      day,
      to,
      signer: officer.signing,
    });
    expect(readKeyStatement(recovers).to).toEqual([...to].sort());
    const about = { agency: 'ipca', key, day, signer: officer.signing } as const;
    await expect(signKeyStatement({ ...about, said: 'recovers' })).rejects.toThrow(TypeError);
    await expect(signKeyStatement({ ...about, said: 'drilled', to })).rejects.toThrow(TypeError);
  });

  it('spoiled anywhere fails with the one error', async () => {
    const verify = knowing(officer);
    await fc.assert(
      fc.asyncProperty(spoiled(jws), (wrong) =>
        expectClosed(verifyKeyStatement({ jws: wrong, expect: { agency: 'ipca', key }, verify })),
      ),
      { numRuns: 200 },
    );
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { expectClosed, person, publicPart, spoiled, type Person } from '../../test/vault/people.js';
import { grantAgencyKey, openAgencyKey, readAgencyGrantHeader, regrantAgencyKey } from './agency-keys.js';
import { randomBytes } from './bytes.js';
import { commitOf } from './content.js';
import { grantKey, openGrant } from './grants.js';
import { importPublicKey, makeKeyPair, type MadeKey } from './keys.js';

let officer: Person;
let colleague: Person;
let agency: MadeKey;
let jwe: string;

beforeAll(async () => {
  [officer, colleague, agency] = await Promise.all([person(), person(), makeKeyPair('agreement')]);
  jwe = await grantAgencyKey({ privateJwk: agency.privateJwk, reader: officer.agreement });
});

function open(
  grant: string,
  by: Person,
  reader = by.agreement.kid,
  sealed = agency.kid,
): ReturnType<typeof openAgencyKey> {
  return openAgencyKey({ jwe: grant, privateKey: by.agreement.privateKey, expect: { reader, sealed } });
}

describe('an agency’s key', () => {
  it('opens for the officer it was granted to, for use and not for taking out', async () => {
    const key = await open(jwe, officer);
    expect(key.privateKey.extractable).toBe(false);
    expect(publicPart(key)).toEqual(publicPart(agency));

    const caseKey = randomBytes(32);
    const place = { caseId: crypto.randomUUID(), key: 'case', epoch: 1 } as const;
    const grant = await grantKey({ ...place, caseKey, reader: agency });
    const expected = { ...place, reader: key.kid, commit: await commitOf(caseKey) };
    await expect(openGrant({ jwe: grant, privateKey: key.privateKey, expect: expected })).resolves.toEqual(caseKey);
  });

  it('opens for nobody else', async () => {
    await expectClosed(open(jwe, colleague));
    await expectClosed(open(jwe, colleague, officer.agreement.kid));
  });

  it('is not taken for another agency’s', async () => {
    const other = await makeKeyPair('agreement');
    await expectClosed(open(jwe, officer, officer.agreement.kid, other.kid));
  });

  it('is granted on by an officer who holds it, and by nobody else', async () => {
    const expected = { reader: officer.agreement.kid, sealed: agency.kid };
    const reader = publicPart(colleague.agreement);
    const onward = await regrantAgencyKey({ jwe, privateKey: officer.agreement.privateKey, expect: expected, reader });
    expect((await open(onward, colleague)).kid).toBe(agency.kid);
    expect(readAgencyGrantHeader(onward)).toMatchObject({ kid: colleague.agreement.kid, sealed: agency.kid });
    await expectClosed(regrantAgencyKey({ jwe, privateKey: colleague.agreement.privateKey, expect: expected, reader }));
  });

  it('is refused where another private part lies beside its public one, or another key under its name', async () => {
    const other = await makeKeyPair('agreement');
    const reader = publicPart(officer.agreement);
    const halves = { ...agency.privateJwk, d: other.privateJwk.d };
    await expectClosed(open(await grantAgencyKey({ privateJwk: halves, reader }), officer));
    const expected = { reader: reader.kid, sealed: agency.kid };
    const onward = {
      jwe: await grantAgencyKey({ privateJwk: halves, reader }),
      privateKey: officer.agreement.privateKey,
      expect: expected,
      reader: publicPart(colleague.agreement),
    };
    await expectClosed(regrantAgencyKey(onward));
    const renamed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(other.privateJwk)))
      .setProtectedHeader({
        alg: 'ECDH-ES+A256KW',
        enc: 'A256GCM',
        kid: reader.kid,
        suite: 'onedoor-seal-1',
        purpose: 'agency-key',
        sealed: agency.kid,
      })
      .encrypt(await importPublicKey(reader, 'agreement'));
    expect(readAgencyGrantHeader(renamed).sealed).toBe(agency.kid);
    await expectClosed(open(renamed, officer));
  });

  it('spoiled anywhere, cut or with its parts in another order fails with the one error', async () => {
    await fc.assert(
      fc.asyncProperty(spoiled(jwe), (wrong) => expectClosed(open(wrong, officer))),
      { numRuns: 200 },
    );
  });

  it('is no grant of a case key', async () => {
    const place = { caseId: crypto.randomUUID(), key: 'case', epoch: 1 } as const;
    const expected = { ...place, reader: officer.agreement.kid, commit: await commitOf(randomBytes(32)) };
    await expectClosed(openGrant({ jwe, privateKey: officer.agreement.privateKey, expect: expected }));
  });
});

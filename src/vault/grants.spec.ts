import { beforeAll, describe, expect, it } from '@jest/globals';
import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { CompactEncrypt, decodeProtectedHeader } from 'jose';
import { expectClosed, person, publicPart, spoiled, type Person } from '../../test/vault/people.js';
import { encode, randomBytes, utf8 } from './bytes.js';
import { commitOf } from './content.js';
import { grantKey, openGrant, readGrantHeader, regrantKey, type GrantPlace } from './grants.js';
import { importPublicKey } from './keys.js';

const caseKey = randomBytes(32);
const place: GrantPlace = { caseId: crypto.randomUUID(), key: 'case', epoch: 1 };
let reader: Person;
let other: Person;
let commit: string;
let jwe: string;

beforeAll(async () => {
  [reader, other] = await Promise.all([person(), person()]);
  commit = await commitOf(caseKey);
  jwe = await grantKey({ ...place, caseKey, reader: reader.agreement });
});

function open(
  grant: string,
  expected: Partial<Parameters<typeof openGrant>[0]['expect']> = {},
  by = reader,
): Promise<Uint8Array> {
  const expectation = { ...place, reader: reader.agreement.kid, commit, ...expected };
  return openGrant({ jwe: grant, privateKey: by.agreement.privateKey, expect: expectation });
}

describe('a grant', () => {
  it('gives its reader the case key', async () => {
    expect(encode(await open(jwe))).toBe(encode(caseKey));
  });

  it('opens with no other reader’s key', async () => {
    await expectClosed(open(jwe, {}, other));
    await expectClosed(open(jwe, { reader: other.agreement.kid }, other));
    await expectClosed(open(jwe, { reader: other.agreement.kid }));
  });

  it('opens nowhere but where it was put', async () => {
    await expectClosed(open(jwe, { caseId: crypto.randomUUID() }));
    await expectClosed(open(jwe, { key: 'identity' }));
    await expectClosed(open(jwe, { key: 'desk' }));
    await expectClosed(open(jwe, { epoch: 2 }));
    const [, ...rest] = jwe.split('.');
    const moved = encode(JSON.stringify({ ...decodeProtectedHeader(jwe), epoch: 2 }));
    await expectClosed(open([moved, ...rest].join('.'), { epoch: 2 }));
  });

  it('of a key that the signed record does not commit to does not open', async () => {
    const planted = await grantKey({ ...place, caseKey: randomBytes(32), reader: reader.agreement });
    await expectClosed(open(planted));
    await expectClosed(open(jwe, { commit: await commitOf(randomBytes(32)) }));
    const claimed = await new CompactEncrypt(utf8(JSON.stringify({ key: encode(randomBytes(32)), commit })))
      .setProtectedHeader({ ...readGrantHeader(planted), epk: undefined })
      .encrypt(await importPublicKey(reader.agreement, 'agreement'));
    await expectClosed(open(claimed));
  });

  it('is not made for a kid that is another key’s', async () => {
    const swapped = { kid: reader.agreement.kid, jwk: other.agreement.jwk };
    await expectClosed(grantKey({ ...place, caseKey, reader: swapped }));
  });

  it('spoiled anywhere, cut or with its parts in another order fails with the one error', async () => {
    await fc.assert(
      fc.asyncProperty(spoiled(jwe), (wrong) => expectClosed(open(wrong))),
      { numRuns: 300 },
    );
  });

  it('is read by form alone: nothing unknown, no compression, no other algorithm, curve or length', async () => {
    const header = readGrantHeader(jwe);
    expect(header).toMatchObject({ kid: reader.agreement.kid, case: place.caseId, key: 'case', epoch: 1 });
    const [, encryptedKey = '', iv = '', ciphertext = '', tag = ''] = jwe.split('.');
    for (const wrong of [
      { ...header, zip: 'DEF' },
      { ...header, crit: ['suite'] },
      { ...header, apu: 'x' },
      { ...header, alg: 'ECDH-ES' },
      { ...header, enc: 'A128CBC-HS256' },
      { ...header, suite: 'onedoor-seal-2' },
      { ...header, kid: 'short' },
      { ...header, epoch: '1' },
      { ...header, epk: { ...header.epk, crv: 'P-256' } },
      { ...header, epk: { ...header.epk, d: header.epk.x } },
      { ...header, epk: null },
    ]) {
      await expectClosed(() =>
        readGrantHeader([encode(JSON.stringify(wrong)), encryptedKey, iv, ciphertext, tag].join('.')),
      );
    }
    const start = encode(JSON.stringify(header));
    await expectClosed(() => readGrantHeader([start, '', iv, ciphertext, tag].join('.')));
    await expectClosed(() => readGrantHeader([start, encryptedKey, iv, `${ciphertext}AAAA`, tag].join('.')));
    await expectClosed(() => readGrantHeader([start, encryptedKey, iv, ciphertext, tag, ''].join('.')));
    for (const wrong of [null, 7, {}, '', 'x'.repeat(1_000_000)]) await expectClosed(() => readGrantHeader(wrong));
  });

  it('can be made from the public part of a key alone', async () => {
    const made = await grantKey({ ...place, caseKey, reader: publicPart(reader.agreement) });
    expect(encode(await open(made))).toBe(encode(caseKey));
  });

  it('made for a colleague goes with what only who holds the case key can work out, and another than for one’s own new key', async () => {
    const expected = { ...place, reader: reader.agreement.kid };
    const to = publicPart(other.agreement);
    const again = { jwe, privateKey: reader.agreement.privateKey, expect: expected, reader: to };
    const shown = (label: string): string =>
      encode(new Uint8Array(hkdfSync('sha256', caseKey, '', `onedoor-seal-1 ${label}`, 32)));
    const joins = await regrantKey({ ...again, joins: true });
    expect(joins.held).toBe(shown(`joined ${to.kid}`));
    expect(encode(await open(joins.jwe, { reader: to.kid }, other))).toBe(encode(caseKey));
    expect((await regrantKey(again)).held).toBe(shown(`renewed ${reader.agreement.kid} ${to.kid}`));
  });
});

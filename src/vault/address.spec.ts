import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, decodeProtectedHeader } from 'jose';
import { expectClosed } from '../../test/vault/people.js';
import { openAddress, sealAddress } from './address.js';
import { importPrivateKey, makeKeyPair } from './keys.js';

describe('an address for notices', () => {
  it('opens as it was sealed, whatever its letters', async () => {
    const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
    const { privateKey } = await importPrivateKey(privateJwk, 'agreement');
    const letters = fc.string({ unit: 'grapheme', maxLength: 254 });
    await fc.assert(
      fc.asyncProperty(letters, async (address) => {
        const sealed = await sealAddress({ kid, jwk }, address);
        expect(decodeProtectedHeader(sealed)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid });
        expect(await openAddress(privateKey, sealed)).toBe(address);
      }),
      { numRuns: 20 },
    );
  });

  it('opens with no other key, and not once it was changed', async () => {
    const mine = await makeKeyPair('agreement');
    const other = await importPrivateKey((await makeKeyPair('agreement')).privateJwk, 'agreement');
    const { privateKey } = await importPrivateKey(mine.privateJwk, 'agreement');
    const sealed = await sealAddress(mine, 'kahu@person.test');
    await expectClosed(openAddress(other.privateKey, sealed));
    const [header = '', key = '', iv = '', text = '', tag = ''] = sealed.split('.');
    const changed = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
    await expectClosed(openAddress(privateKey, [header, key, iv, changed, tag].join('.')));
    for (const wrong of ['', '....', 'kahu@person.test']) await expectClosed(openAddress(privateKey, wrong));
  });

  it('does not open where it was sealed by other algorithms, or is no text', async () => {
    const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
    const { privateKey } = await importPrivateKey(privateJwk, 'agreement');
    const seal = (bytes: Uint8Array, alg: string, enc: string): Promise<string> =>
      new CompactEncrypt(bytes).setProtectedHeader({ alg, enc, kid }).encrypt(jwk);
    const text = new TextEncoder().encode('kahu@person.test');
    await expectClosed(openAddress(privateKey, await seal(text, 'ECDH-ES', 'A256GCM')));
    await expectClosed(openAddress(privateKey, await seal(text, 'ECDH-ES+A256KW', 'A128GCM')));
    await expectClosed(openAddress(privateKey, await seal(Uint8Array.of(0xff), 'ECDH-ES+A256KW', 'A256GCM')));
  });
});

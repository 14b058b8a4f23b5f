import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, decodeProtectedHeader } from 'jose';
import { expectClosed } from '../../test/vault/people.js';
import { openAddress, sealAddress } from './address.js';
import type { Agree } from './agreed.js';
import { importPrivateKey, makeKeyPair, type PrivateJwk } from './keys.js';

/** What a service does that holds the key itself. */
async function agreeing(jwk: PrivateJwk): Promise<Agree> {
  const { privateKey } = await importPrivateKey(jwk, 'agreement');
  return async (other) => {
    const curve = { name: 'ECDH', namedCurve: 'P-384' };
    const key = await crypto.subtle.importKey('jwk', { ...other }, curve, false, []);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: key }, privateKey, 384));
  };
}

describe('an address for notices', () => {
  it('opens as it was sealed, whatever its letters', async () => {
    const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
    const agree = await agreeing(privateJwk);
    const letters = fc.string({ unit: 'grapheme', maxLength: 254 });
    await fc.assert(
      fc.asyncProperty(letters, async (address) => {
        const sealed = await sealAddress({ kid, jwk }, address);
        expect(decodeProtectedHeader(sealed)).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid });
        expect(await openAddress(agree, sealed)).toBe(address);
      }),
      { numRuns: 20 },
    );
  });

  it('opens with no other key, and not once it was changed', async () => {
    const mine = await makeKeyPair('agreement');
    const other = await agreeing((await makeKeyPair('agreement')).privateJwk);
    const agree = await agreeing(mine.privateJwk);
    const sealed = await sealAddress(mine, 'kahu@person.test');
    await expectClosed(openAddress(other, sealed));
    const parts = sealed.split('.');
    for (const [at, part] of parts.entries()) {
      const changed = `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
      await expectClosed(openAddress(agree, parts.with(at, changed).join('.')));
    }
    for (const wrong of ['', '....', 'kahu@person.test']) await expectClosed(openAddress(agree, wrong));
  });

  it('does not open where it was sealed by other algorithms, says more than it should, or is no text', async () => {
    const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
    const agree = await agreeing(privateJwk);
    const text = new TextEncoder().encode('kahu@person.test');
    const seal = (bytes: Uint8Array, header: object): Promise<string> =>
      new CompactEncrypt(bytes)
        .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid, ...header })
        .encrypt(jwk);
    expect(await openAddress(agree, await seal(text, {}))).toBe('kahu@person.test');
    for (const header of [
      { alg: 'ECDH-ES' },
      { alg: 'ECDH-ES+A128KW' },
      { enc: 'A128GCM' },
      { enc: 'A256CBC-HS512' },
    ]) {
      await expectClosed(openAddress(agree, await seal(text, header)));
    }
    for (const header of [{ cty: 'json' }, { kid: 'another' }, { suite: 'onedoor-seal-1' }]) {
      await expectClosed(openAddress(agree, await seal(text, header)));
    }
    await expectClosed(openAddress(agree, await seal(Uint8Array.of(0xff), {})));
  });

  it('asks the key nothing where the other point is not on its curve', async () => {
    const { kid, jwk } = await makeKeyPair('agreement');
    const asked: unknown[] = [];
    const sealed = await sealAddress({ kid, jwk }, 'kahu@person.test');
    const header = decodeProtectedHeader(sealed) as { epk: { y: string } };
    const beside = { ...header, epk: { ...header.epk, y: `${header.epk.y.slice(0, -2)}AA` } };
    const forged = [Buffer.from(JSON.stringify(beside)).toString('base64url'), ...sealed.split('.').slice(1)].join('.');
    const agree = (other: unknown): Promise<Uint8Array> => {
      asked.push(other);
      return Promise.resolve(new Uint8Array(48));
    };
    await expectClosed(openAddress(agree, forged));
    expect(asked).toEqual([]);
    await expectClosed(openAddress(agree, sealed));
    expect(asked).toHaveLength(1);
  });

  it('passes on why its key could not be asked, so that it can be tried again', async () => {
    const { kid, jwk } = await makeKeyPair('agreement');
    const away = (): Promise<never> => Promise.reject(new Error('the key is away'));
    await expect(openAddress(away, await sealAddress({ kid, jwk }, 'kahu@person.test'))).rejects.toThrow('is away');
  });
});

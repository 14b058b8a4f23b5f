import { describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import fc from 'fast-check';
import { expectClosed, spoiled } from '../../test/vault/people.js';
import { randomBytes } from './bytes.js';
import {
  importPrivateKey,
  importPublicKey,
  makeKeyPair,
  openPrivateKeys,
  resealPrivateKeys,
  readPublicKey,
  readSealedKeysHeader,
  sealPrivateKeys,
} from './keys.js';

describe('keys', () => {
  it('a kid is the RFC 7638 thumbprint of its key', async () => {
    const key = await makeKeyPair('agreement');
    expect(key.kid).toBe(await calculateJwkThumbprint(key.jwk));
    expect(Object.keys(key.jwk)).toEqual(['kty', 'crv', 'x', 'y']);
  });

  it('a private key in use cannot be taken out again', async () => {
    for (const use of ['agreement', 'signing'] as const) {
      const { privateKey } = await importPrivateKey((await makeKeyPair(use)).privateJwk, use);
      expect(privateKey.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toThrow();
    }
  });

  it('a kid never names another key', async () => {
    const [one, other] = [await makeKeyPair('signing'), await makeKeyPair('signing')];
    await expectClosed(readPublicKey({ kid: one.kid, jwk: other.jwk }));
    await expectClosed(importPublicKey({ kid: one.kid, jwk: other.jwk }, 'signing'));
    await expect(readPublicKey({ kid: one.kid, jwk: one.jwk })).resolves.toEqual({ kid: one.kid, jwk: one.jwk });
  });

  it('a public key with a private part, another curve or a point off the curve is refused', async () => {
    const { kid, jwk, privateJwk } = await makeKeyPair('agreement');
    await expectClosed(readPublicKey({ kid, jwk: privateJwk }));
    await expectClosed(readPublicKey({ kid, jwk: { ...jwk, crv: 'P-256' } }));
    await expectClosed(readPublicKey({ kid, jwk, label: 'more' }));
    const off = { ...jwk, x: jwk.y };
    await expectClosed(importPublicKey({ kid: await calculateJwkThumbprint(off), jwk: off }, 'agreement'));
  });

  it('private keys open under the secret and purpose they were sealed with, and under nothing else', async () => {
    const [agreement, signing] = [await makeKeyPair('agreement'), await makeKeyPair('signing')];
    const wrappingKey = randomBytes(32);
    const keys = { agreement: agreement.privateJwk, signing: signing.privateJwk };
    const sealedPrivate = await sealPrivateKeys({ wrappingKey, purpose: 'staff', keys });

    const held = await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate });
    expect([held.agreement?.kid, held.signing?.kid]).toEqual([agreement.kid, signing.kid]);
    expect(readSealedKeysHeader(sealedPrivate)).toMatchObject({ kid: agreement.kid, purpose: 'staff' });
    await expectClosed(openPrivateKeys({ wrappingKey, purpose: 'mailbox', sealedPrivate }));
    await expectClosed(openPrivateKeys({ wrappingKey: randomBytes(32), purpose: 'staff', sealedPrivate }));
    await fc.assert(
      fc.asyncProperty(spoiled(sealedPrivate), (wrong) =>
        expectClosed(openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate: wrong })),
      ),
      { numRuns: 200 },
    );
  });

  it('private keys are sealed again under a second secret by who has the first, and by nobody else', async () => {
    const { privateJwk, kid } = await makeKeyPair('signing');
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const sealed = { wrappingKey: first, purpose: 'staff', keys: { signing: privateJwk } } as const;
    const sealedPrivate = await sealPrivateKeys(sealed);
    const again = await resealPrivateKeys({ wrappingKey: first, purpose: 'staff', sealedPrivate, to: second });
    const held = await openPrivateKeys({ wrappingKey: second, purpose: 'staff', sealedPrivate: again });
    expect(held.signing?.kid).toBe(kid);
    await expectClosed(resealPrivateKeys({ wrappingKey: second, purpose: 'staff', sealedPrivate, to: first }));
    await expectClosed(resealPrivateKeys({ wrappingKey: first, purpose: 'mailbox', sealedPrivate, to: second }));
  });

  it('one key can be sealed alone', async () => {
    const signing = await makeKeyPair('signing');
    const wrappingKey = randomBytes(32);
    const keys = { signing: signing.privateJwk };
    const sealedPrivate = await sealPrivateKeys({ wrappingKey, purpose: 'staff', keys });
    const held = await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate });
    expect(held.signing?.kid).toBe(signing.kid);
    expect(held.agreement).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { expectClosed, publicPart } from '../../test/vault/people.js';
import { randomBytes } from './bytes.js';
import { makeKeyPair, sealPrivateKeys } from './keys.js';
import { makeMailbox, openMailbox } from './mailbox.js';
import { mailboxIdHash, makeReceipt, openReceipt } from './receipt.js';

describe('a mailbox', () => {
  it('opens with its receipt, and with no other', async () => {
    const receipt = makeReceipt();
    const { id, idHash, agreement, signing, sealedPrivate, keys } = await makeMailbox(receipt);
    const { mailboxId, mailboxKey } = await openReceipt(receipt);
    expect(id).toBe(mailboxId);
    expect(idHash).toBe(await mailboxIdHash(mailboxId));

    const opened = await openMailbox({ mailboxKey, sealedPrivate });
    expect(publicPart(opened.agreement)).toEqual(agreement);
    expect(publicPart(opened.signing)).toEqual(signing);
    for (const { privateKey } of [opened.agreement, opened.signing, keys.agreement, keys.signing]) {
      expect(privateKey.extractable).toBe(false);
    }
    const other = await openReceipt(makeReceipt());
    await expectClosed(openMailbox({ mailboxKey: other.mailboxKey, sealedPrivate }));
  });

  it('with a key missing does not open', async () => {
    const mailboxKey = randomBytes(32);
    const keys = { agreement: (await makeKeyPair('agreement')).privateJwk };
    const sealedPrivate = await sealPrivateKeys({ wrappingKey: mailboxKey, purpose: 'mailbox', keys });
    await expectClosed(openMailbox({ mailboxKey, sealedPrivate }));
  });

  it('is not made for a text that is no receipt', async () => {
    await expectClosed(makeMailbox('abacus'));
  });
});

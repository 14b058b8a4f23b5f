import {
  makeKeyPair,
  importPrivateKey,
  openPrivateKeys,
  sealPrivateKeys,
  type HeldKey,
  type PublicKey,
} from './keys.js';
import { mailboxIdHash, openReceipt } from './receipt.js';
import { failClosed, requireThat, type Base64url, type Bytes, type CompactJwe } from './suite.js';

/** What is sent and stored of a mailbox: nothing of it opens anything. */
export interface MailboxRecord {
  idHash: Base64url;
  agreement: PublicKey;
  signing: PublicKey;
  sealedPrivate: CompactJwe;
}

/** A mailbox's keys in use. */
export interface MailboxKeys {
  agreement: HeldKey;
  signing: HeldKey;
}

/** Makes the mailbox of a receipt. `id` and `keys` stay with whoever holds the receipt. @throws VaultError */
export async function makeMailbox(receipt: string): Promise<MailboxRecord & { id: Base64url; keys: MailboxKeys }> {
  const { mailboxId, mailboxKey } = await openReceipt(receipt);
  const [agreement, signing] = await Promise.all([makeKeyPair('agreement'), makeKeyPair('signing')]);
  return {
    id: mailboxId,
    idHash: await mailboxIdHash(mailboxId),
    agreement: { kid: agreement.kid, jwk: agreement.jwk },
    signing: { kid: signing.kid, jwk: signing.jwk },
    sealedPrivate: await sealPrivateKeys({
      wrappingKey: mailboxKey,
      purpose: 'mailbox',
      keys: { agreement: agreement.privateJwk, signing: signing.privateJwk },
    }),
    keys: {
      agreement: await importPrivateKey(agreement.privateJwk, 'agreement'),
      signing: await importPrivateKey(signing.privateJwk, 'signing'),
    },
  };
}

/** Opens a mailbox's own keys; their kids are worked out here, whatever the server says they are. @throws VaultError */
export function openMailbox(input: { mailboxKey: Bytes; sealedPrivate: CompactJwe }): Promise<MailboxKeys> {
  return failClosed(async () => {
    const { agreement, signing } = await openPrivateKeys({
      wrappingKey: input.mailboxKey,
      purpose: 'mailbox',
      sealedPrivate: input.sealedPrivate,
    });
    requireThat(agreement !== undefined && signing !== undefined);
    return { agreement, signing };
  });
}

import { openKeys, readItem, type DeskKeys, type OpenKeys } from '../../src/cases/open-words.js';
import type { NewEpoch, NewItem, SealedCase, StoredItem } from '../../src/cases/sealed-case.js';
import { keysOfNote } from '../../src/cases/referrals/seal-note.js';
import type { SealedReferral, WithheldGrant } from '../../src/cases/referrals/sealed-referral.js';
import { signConsent, type Share } from '../../src/vault/consent.js';
import { readItemHeader } from '../../src/vault/content.js';
import { readEpochRecord } from '../../src/vault/epochs.js';
import { importPrivateKey, makeKeyPair, type HeldKey, type PublicKey } from '../../src/vault/keys.js';
import { sealLodging, type SealedLodging } from '../../src/vault/lodging.js';
import { openMailbox, type MailboxKeys } from '../../src/vault/mailbox.js';
import { openReceipt } from '../../src/vault/receipt.js';
import type { CompactJws } from '../../src/vault/suite.js';

/** An agency with one officer: its key, which the officer holds, and the officer's own. */
export interface Party {
  /** The agency's key, in public. */
  readonly reader: PublicKey;
  readonly keys: DeskKeys;
  readonly signing: HeldKey;
}

export async function party(): Promise<Party> {
  const [agencyKey, own, signing] = await Promise.all([
    makeKeyPair('agreement'),
    makeKeyPair('agreement'),
    makeKeyPair('signing'),
  ]);
  const held = await importPrivateKey(agencyKey.privateJwk, 'agreement');
  return {
    reader: { kid: agencyKey.kid, jwk: agencyKey.jwk },
    keys: { agreement: await importPrivateKey(own.privateJwk, 'agreement'), agency: new Map([[held.kid, held]]) },
    signing: await importPrivateKey(signing.privateJwk, 'signing'),
  };
}

/** A case as a server has it, which hands out whatever it likes to. */
export class KeptCase {
  readonly grants: SealedCase['grants'][number][] = [];
  readonly epochs: SealedCase['epochs'][number][] = [];
  readonly items: StoredItem[] = [];
  readonly staffSigning: PublicKey[] = [];
  readonly consents: CompactJws[] = [];

  private constructor(
    readonly lodging: SealedLodging,
    readonly person: MailboxKeys,
  ) {}

  static async lodgedWith(to: Party): Promise<KeptCase> {
    const readers = [to.reader];
    const lodging = await sealLodging({
      statement: { whatHappened: 'Words' },
      identity: { identity: 'Name' },
      readers,
      identityReaders: readers,
      receiver: 'a',
      day: '2026-11-22',
    });
    const { submission, receipt } = lodging;
    const { mailboxKey } = await openReceipt(receipt);
    const kept = new KeptCase(
      lodging,
      await openMailbox({ mailboxKey, sealedPrivate: submission.mailbox.sealedPrivate }),
    );
    kept.epochs.push(...submission.sealed.epochs);
    kept.grants.push(...submission.grants);
    for (const item of submission.sealed.items) kept.add(item, 'person');
    return kept;
  }

  get id(): string {
    return this.lodging.submission.sealed.case;
  }

  get mailbox(): PublicKey {
    const { kid, jwk } = this.person.agreement;
    return { kid, jwk };
  }

  add({ id, jwe }: NewItem, author: 'person' | 'agency', by?: Party): StoredItem {
    const { key, kind, epoch } = readItemHeader(jwe);
    const item = { id, jwe, key, kind, epoch, author, by: null, madeOn: '2026-11-22' };
    this.items.push(item);
    if (by) this.knowStaff(by);
    return item;
  }

  begin({ record, grants }: NewEpoch, by?: Party): void {
    const { key, epoch } = readEpochRecord(record);
    this.epochs.push({ key, epoch, record });
    this.grants.push(...grants.map((grant) => ({ ...grant, key, epoch })));
    if (by) this.knowStaff(by);
  }

  release(grants: readonly WithheldGrant[]): void {
    this.grants.push(...grants);
  }

  /** The person agrees to a reader. */
  async agree(to: Party, share: Share = ['case']): Promise<void> {
    const consent = { caseId: this.id, referral: crypto.randomUUID(), agency: 'b', readers: [to.reader.kid], share };
    this.consents.push(await signConsent({ ...consent, signer: this.person.signing }));
  }

  /** What an officer is given of it; without a party, what the person is. */
  for(whose?: Party): SealedCase {
    const kids = whose ? [whose.keys.agreement.kid, ...whose.keys.agency.keys()] : [this.mailbox.kid];
    const { signing, agreement } = this.person;
    return {
      id: this.id,
      mailbox: { signing: signing.jwk, agreement: agreement.jwk },
      staffSigning: [...this.staffSigning],
      epochs: [...this.epochs].sort((a, b) => a.epoch - b.epoch),
      consents: [...this.consents],
      grants: this.grants.filter(({ reader }) => kids.includes(reader)),
      items: [...this.items],
      lodgedWith: { receiver: 'a', day: '2026-11-22' },
      next: null,
      deskReaders: whose ? [whose.reader] : [],
      keptOut: [],
    };
  }

  open(whose?: Party): Promise<OpenKeys> {
    const agreement = this.person.agreement;
    return openKeys(this.for(whose), whose ? whose.keys : { agreement, agency: new Map() });
  }

  /** What each item says, as far as it opens. */
  async words(whose?: Party): Promise<unknown[]> {
    const opened = await this.open(whose);
    return Promise.all(this.items.map(async (item) => (await readItem(this.id, item, opened)).content));
  }

  /** The newest referral, with its note, as it is given to an officer. */
  async referral(
    whose: Party,
    to: Party,
    more: Partial<SealedReferral> = {},
  ): Promise<{ referral: SealedReferral; note: OpenKeys }> {
    const { mailbox, staffSigning, epochs, grants } = this.for(whose);
    const ofKey = epochs.filter(({ key }) => key === 'referral');
    const referral: SealedReferral = {
      id: crypto.randomUUID(),
      caseId: this.id,
      number: ofKey.length,
      state: 'consulted',
      shareIdentity: true,
      mailbox,
      staffSigning,
      epochs: ofKey,
      grants: grants.filter(({ key }) => key === 'referral'),
      items: this.items.filter(({ key, epoch }) => key === 'referral' && epoch === ofKey.length),
      readers: [to.reader],
      readersChanged: false,
      ...more,
    };
    return { referral, note: await openKeys(keysOfNote(referral), whose.keys) };
  }

  private knowStaff({ signing }: Party): void {
    if (this.staffSigning.some(({ kid }) => kid === signing.kid)) return;
    this.staffSigning.push({ kid: signing.kid, jwk: signing.jwk });
  }
}

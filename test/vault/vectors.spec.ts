import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { CryptoKey } from 'jose';
import { openAgencyKey } from '../../src/vault/agency-keys.js';
import { decode, derive, encode, fromUtf8, sha256, utf8 } from '../../src/vault/bytes.js';
import { canonicalJson, commitmentOf, digestsOf, verifyCommitment } from '../../src/vault/commitment.js';
import { commitOf, openItem } from '../../src/vault/content.js';
import { verifyConsent, type SignedConsent } from '../../src/vault/consent.js';
import { openDraft } from '../../src/vault/draft.js';
import { openEnclosure } from '../../src/vault/enclosure.js';
import { showsHolding, verifyEpochs, type BegunEpoch } from '../../src/vault/epochs.js';
import { fingerprintWords } from '../../src/vault/fingerprint.js';
import { openGrant, type Grant } from '../../src/vault/grants.js';
import { verifyKeyStatement, type SignedKeyStatement } from '../../src/vault/key-statements.js';
import {
  importPrivateKey,
  importPublicKey,
  openPrivateKeys,
  thumbprint,
  type HeldKey,
  type MadeKey,
  type SealedKeysPurpose,
} from '../../src/vault/keys.js';
import type { SealedLodging } from '../../src/vault/lodging.js';
import { openMailbox } from '../../src/vault/mailbox.js';
import { pad, unpad } from '../../src/vault/padding.js';
import { wrappingKeyOf } from '../../src/vault/passkey.js';
import { stretchPassphrase } from '../../src/vault/passphrase.js';
import { mailboxIdHash, openReceipt } from '../../src/vault/receipt.js';
import { openReport, type ReportContent } from '../../src/vault/report.js';
import { combineShares } from '../../src/vault/recovery-shares.js';
import type { CaseKeyName, ItemKind, JsonObject } from '../../src/vault/suite.js';

// Made once and frozen: what was sealed with this suite must open for as long as there is anyone to open it.

interface KeysVector {
  people: Record<'reporter' | 'officer', Record<'agreement' | 'signing', MadeKey>>;
  agencyKey: MadeKey;
  sealed: { wrappingKey: string; purpose: SealedKeysPurpose; sealedPrivate: string };
  agencyGrant: { reader: string; sealed: string; jwe: string };
}
type EpochVector = Omit<BegunEpoch, 'caseKey'> & { caseKey: string; signedBy: string };
interface ItemVector {
  item: string;
  key: CaseKeyName;
  epoch: number;
  kind: ItemKind;
  signedBy: string;
  content: JsonObject;
  jwe: string;
}

function vector(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as unknown;
}

const keys = vector('keys') as KeysVector;
const { reporter, officer } = keys.people;
const epochs = vector('epochs') as { caseId: string; key: CaseKeyName; epochs: EpochVector[] };
const items = vector('items') as ItemVector[];
const referral = vector('referral') as {
  caseId: string;
  case: EpochVector[];
  referral: EpochVector[];
  note: { item: string; content: JsonObject; jwe: string };
  consent: { jws: string; says: SignedConsent };
};
const recovery = vector('recovery') as {
  key: MadeKey;
  shares: [string, string, string];
  fingerprint: string;
  statement: { jws: string; says: SignedKeyStatement };
};
const lodging = vector('lodging') as SealedLodging & { canonical: string };

async function verify(kid: string): Promise<CryptoKey | undefined> {
  const signer = [reporter, officer].find(({ signing }) => signing.kid === kid);
  return signer && importPublicKey({ kid, jwk: signer.signing.jwk }, 'signing');
}

function caseKeyOf(
  grants: Grant[],
  reader: HeldKey,
  at: { caseId: string; key: CaseKeyName; epoch: number; commit: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const grant = grants.find((each) => each.key === at.key && each.epoch === at.epoch && each.reader === reader.kid);
  return openGrant({ jwe: grant?.jwe ?? '', privateKey: reader.privateKey, expect: { ...at, reader: reader.kid } });
}

describe('the frozen vectors of onedoor-seal-1', () => {
  it('thumbprints are as they were', async () => {
    for (const key of [keys.agencyKey, reporter.agreement, reporter.signing, officer.agreement, officer.signing]) {
      expect(await thumbprint(key.jwk)).toBe(key.kid);
    }
  });

  it('derived keys are as they were', async () => {
    const { secret, labels } = vector('derive') as { secret: string; labels: Record<string, string> };
    expect(Object.keys(labels)).toHaveLength(8);
    for (const [label, derived] of Object.entries(labels))
      expect(encode(await derive(utf8(secret), label))).toBe(derived);
  });

  it('padding is as it was', async () => {
    const padded = vector('padding') as { text: { unit: string; times: number }; length: number; sha256: string }[];
    expect(padded).toHaveLength(6);
    for (const { text, length, sha256: hash } of padded) {
      const clear = text.unit.repeat(text.times);
      const bytes = pad(utf8(clear));
      expect([bytes.length, await sha256(bytes), fromUtf8(unpad(bytes))]).toEqual([length, hash, clear]);
    }
  });

  it('receipts open the mailboxes that they opened, however they were typed', async () => {
    const receipts = vector('receipts') as Record<
      'receipt' | 'typed' | 'mailboxId' | 'mailboxKey' | 'idHash',
      string
    >[];
    expect(receipts).toHaveLength(3);
    for (const { receipt, typed, mailboxId, mailboxKey, idHash } of receipts) {
      for (const text of [receipt, typed]) {
        expect(await openReceipt(text)).toEqual({ mailboxId, mailboxKey: decode(mailboxKey) });
      }
      expect(await mailboxIdHash(mailboxId)).toBe(idHash);
    }
  });

  it('a draft opens with its code', async () => {
    const { code, typed, content, jwe } = vector('draft') as Record<'code' | 'typed' | 'jwe', string> & {
      content: JsonObject;
    };
    for (const text of [code, typed]) expect(await openDraft(text, jwe)).toEqual(content);
  });

  it('what a reply encloses opens for the person', async () => {
    const { people } = vector('keys') as KeysVector;
    const reader = await importPrivateKey(people.reporter.agreement.privateJwk, 'agreement');
    const { caseId, receipt, jwe, empty } = vector('enclosure') as Record<
      'caseId' | 'receipt' | 'jwe' | 'empty',
      string
    >;
    expect(await openEnclosure({ jwe, caseId, reader })).toBe(receipt);
    expect(await openEnclosure({ jwe: empty, caseId, reader })).toBe('');
  });

  it('a report of serious misconduct opens for the agency that it was sealed to', async () => {
    const reader = await importPrivateKey(keys.agencyKey.privateJwk, 'agreement');
    const { report, from, content, jwe } = vector('report') as Record<'report' | 'from' | 'jwe', string> & {
      content: ReportContent;
    };
    const signedBy = officer.signing.kid;
    expect(await openReport({ jwe, expect: { report, from }, reader, verify })).toEqual({ content, signedBy });
  });

  it('a passphrase signs in and unlocks as it did', async () => {
    const { passphrase, salt, auth, unlock } = vector('passphrase') as Record<
      'passphrase' | 'salt' | 'auth' | 'unlock',
      string
    >;
    expect(await stretchPassphrase({ passphrase, salt })).toEqual({ auth, unlock: decode(unlock) });
  });

  it('sealed private keys open', async () => {
    const { wrappingKey, purpose, sealedPrivate } = keys.sealed;
    const held = await openPrivateKeys({ wrappingKey: decode(wrappingKey), purpose, sealedPrivate });
    expect([held.agreement?.kid, held.signing?.kid]).toEqual([officer.agreement.kid, officer.signing.kid]);
  });

  it('a passkey unlocks as it did', async () => {
    const { prf, wrappingKey } = vector('passkey') as Record<'prf' | 'wrappingKey', string>;
    expect(await wrappingKeyOf(decode(prf))).toEqual(decode(wrappingKey));
  });

  it('an agency’s key opens for its officer', async () => {
    const { privateKey } = await importPrivateKey(officer.agreement.privateJwk, 'agreement');
    const { jwe, ...expected } = keys.agencyGrant;
    expect((await openAgencyKey({ jwe, privateKey, expect: expected })).kid).toBe(keys.agencyKey.kid);
  });

  it('epochs verify, and their grants open for each reader', async () => {
    const { caseId, key } = epochs;
    const records = epochs.epochs.map(({ record }) => record);
    const chain = await verifyEpochs({ records, expect: { caseId, key }, verify });
    expect(chain).toHaveLength(2);
    for (const [at, { epoch, commit, caseKey, signedBy, grants }] of epochs.epochs.entries()) {
      expect(chain[at]).toMatchObject({ epoch, commit, signedBy });
      expect(await commitOf(decode(caseKey))).toBe(commit);
      for (const { agreement } of [reporter, officer]) {
        const held = await importPrivateKey(agreement.privateJwk, 'agreement');
        expect(encode(await caseKeyOf(grants, held, { caseId, key, epoch, commit }))).toBe(caseKey);
      }
    }
  });

  it('items open to what was said, letter for letter', async () => {
    expect(items).toHaveLength(4);
    for (const { item, key, epoch, kind, signedBy, content, jwe } of items) {
      const { caseKey, commit } = epochs.epochs.find((each) => each.epoch === epoch) ?? { caseKey: '', commit: '' };
      const expected = { caseId: epochs.caseId, key, epoch, item, kind, commit };
      await expect(openItem({ caseKey: decode(caseKey), jwe, expect: expected, verify })).resolves.toEqual({
        content,
        signedBy,
      });
    }
  });

  it('a referral’s note opens for all three, and its epochs show that their makers held the case', async () => {
    const { caseId, note } = referral;
    const chainOf = (key: 'case' | 'referral'): ReturnType<typeof verifyEpochs> =>
      verifyEpochs({ records: referral[key].map(({ record }) => record), expect: { caseId, key }, verify });
    const [first, second] = await chainOf('case');
    const [about] = await chainOf('referral');
    const [made] = referral.referral;
    if (!first || !second || !about || !made) throw new Error('There are three.');
    const held = decode(referral.case[0]?.caseKey ?? '');
    expect([await showsHolding(second, held), await showsHolding(about, held)]).toEqual([true, true]);
    expect([first.held, await showsHolding(first, held)]).toEqual([undefined, false]);
    const at = { caseId, key: 'referral', epoch: 1, commit: about.commit } as const;
    for (const reader of [reporter.agreement, officer.agreement, keys.agencyKey]) {
      const caseKey = await caseKeyOf(made.grants, await importPrivateKey(reader.privateJwk, 'agreement'), at);
      const expected = { ...at, item: note.item, kind: 'referral' } as const;
      const opened = await openItem({ caseKey, jwe: note.jwe, expect: expected, verify });
      expect(opened).toEqual({ content: note.content, signedBy: officer.signing.kid });
    }
  });

  it('a consent says what was agreed to', async () => {
    const { jws, says } = referral.consent;
    expect(await verifyConsent({ jws, caseId: referral.caseId, verify })).toEqual(says);
    expect(says).toMatchObject({ signedBy: reporter.signing.kid, share: ['case', 'identity'] });
  });

  it('a recovery key comes back from any two of its sheets, and its words are as they were', async () => {
    const { key, shares, fingerprint } = recovery;
    const [one, two, three] = shares;
    for (const pair of [
      [one, two],
      [two, three],
      [three, one],
    ] as const) {
      expect(await combineShares(pair, key)).toEqual(key.privateJwk);
    }
    expect(fingerprintWords(key.kid).join(' ')).toBe(fingerprint);
  });

  it('a statement about a key says what it said', async () => {
    const { jws, says } = recovery.statement;
    const expected = { agency: 'ipca', key: recovery.key.kid };
    expect(await verifyKeyStatement({ jws, expect: expected, verify })).toEqual(says);
    expect(says).toMatchObject({ signedBy: officer.signing.kid, said: 'recovers', to: [officer.agreement.kid] });
  });

  it('a lodging opens with its receipt alone, and its commitment is to what was said', async () => {
    const { receipt, submission, opening, canonical } = lodging;
    const { sealed, grants, mailbox } = submission;
    const { mailboxKey } = await openReceipt(receipt);
    const held = await openMailbox({ mailboxKey, sealedPrivate: mailbox.sealedPrivate });
    const own = (kid: string): Promise<CryptoKey> | undefined =>
      kid === held.signing.kid ? importPublicKey(held.signing, 'signing') : undefined;
    for (const { id, key, kind, jwe } of sealed.items) {
      const records = sealed.epochs.filter((each) => each.key === key).map(({ record }) => record);
      const [record] = await verifyEpochs({ records, expect: { caseId: sealed.case, key }, verify: own });
      const at = { caseId: sealed.case, key, epoch: 1, commit: record?.commit ?? '' };
      const caseKey = await caseKeyOf(grants, held.agreement, at);
      const opened = await openItem({ caseKey, jwe, expect: { ...at, item: id, kind }, verify: own });
      expect(opening.items).toContainEqual({ id, key, kind, content: opened.content });
    }
    expect(canonicalJson({ ...opening, items: await digestsOf(opening) })).toBe(canonical);
    expect(await commitmentOf(opening)).toBe(sealed.commitment);
    await expect(verifyCommitment(sealed.commitment, opening)).resolves.toBeUndefined();
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectClosed, person, publicPart, type Person } from '../../test/vault/people.js';
import { digestOf, openingOf, verifyCommitment } from './commitment.js';
import { openItem, type OpenedItem } from './content.js';
import { verifyEpochs } from './epochs.js';
import { openGrant } from './grants.js';
import { importPublicKey, type HeldKey } from './keys.js';
import { sealLodging, type SealedLodging } from './lodging.js';
import { openMailbox } from './mailbox.js';
import { mailboxIdHash, openReceipt } from './receipt.js';
import { ContentTooLong, type CaseKeyName } from './suite.js';

const statement = { whatHappened: 'I tukuna he reta ki te tāngata hē', outcomeSought: 'An apology' };
const identity = { name: 'Aroha Ngata', email: 'aroha@example.nz' };
let agency: Person;
let custodian: Person;
let stranger: Person;
let lodging: SealedLodging;

beforeAll(async () => {
  [agency, custodian, stranger] = await Promise.all([person(), person(), person()]);
  lodging = await sealLodging({
    statement,
    identity,
    readers: [publicPart(agency.agreement)],
    identityReaders: [publicPart(custodian.agreement)],
    receiver: 'msd',
    day: '2025-11-22',
  });
});

/** Opens the item under one key of the case, as a reader who was granted it does. */
async function openAs(reader: HeldKey, key: CaseKeyName, from = lodging): Promise<OpenedItem> {
  const { sealed, grants, mailbox } = from.submission;
  const signer = await importPublicKey(mailbox.signing, 'signing');
  const verify = (kid: string): typeof signer | undefined => (kid === mailbox.signing.kid ? signer : undefined);
  const records = sealed.epochs.filter((epoch) => epoch.key === key).map(({ record }) => record);
  const [epoch] = await verifyEpochs({ records, expect: { caseId: sealed.case, key }, verify });
  const item = sealed.items.find((each) => each.key === key);
  const grant =
    grants.find((each) => each.key === key && each.reader === reader.kid) ?? grants.find((each) => each.key === key);
  if (epoch === undefined || item === undefined || grant === undefined)
    throw new Error('nothing is sealed under this key');
  const place = { caseId: sealed.case, key, epoch: 1, commit: epoch.commit };
  const privateKey = reader.privateKey;
  const caseKey = await openGrant({ jwe: grant.jwe, privateKey, expect: { ...place, reader: reader.kid } });
  return openItem({ caseKey, jwe: item.jwe, expect: { ...place, item: item.id, kind: item.kind }, verify });
}

describe('a sealed lodging', () => {
  it('opens for its readers: the statement and the identity each for their own', async () => {
    expect((await openAs(agency.agreement, 'case')).content).toMatchObject(statement);
    expect((await openAs(custodian.agreement, 'identity')).content).toMatchObject(identity);
    await expectClosed(openAs(agency.agreement, 'identity'));
    await expectClosed(openAs(custodian.agreement, 'case'));
    await expectClosed(openAs(stranger.agreement, 'case'));
    await expectClosed(openAs(stranger.agreement, 'identity'));
  });

  it('opens for whoever has the receipt', async () => {
    const { mailboxId, mailboxKey } = await openReceipt(lodging.receipt);
    const { mailbox } = lodging.submission;
    expect(mailbox.idHash).toBe(await mailboxIdHash(mailboxId));
    const keys = await openMailbox({ mailboxKey, sealedPrivate: mailbox.sealedPrivate });
    expect((await openAs(keys.agreement, 'case')).content).toMatchObject(statement);
    expect((await openAs(keys.agreement, 'identity')).content).toMatchObject(identity);
    expect((await openAs(keys.agreement, 'case')).signedBy).toBe(mailbox.signing.kid);
  });

  it('has exactly the form that is sent, and no word of the person’s in it', () => {
    const { receipt, submission } = lodging;
    expect(submission).toEqual({
      sealed: {
        case: expect.stringMatching(/^[0-9a-f-]{36}$/),
        items: (['case', 'identity'] as const).map((key) => ({
          id: expect.any(String),
          key,
          kind: key === 'case' ? 'statement' : 'identity',
          jwe: expect.any(String),
        })),
        epochs: ['case', 'identity'].map((key) => ({ key, epoch: 1, record: expect.any(String) })),
        commitment: expect.stringMatching(/^[\w-]{43}$/),
      },
      grants: [
        ['case', agency.agreement.kid],
        ['case', submission.mailbox.agreement.kid],
        ['identity', custodian.agreement.kid],
        ['identity', submission.mailbox.agreement.kid],
      ].map(([key, reader]) => ({ key, epoch: 1, reader, jwe: expect.any(String) })),
      mailbox: {
        idHash: expect.any(String),
        agreement: { kid: expect.any(String), jwk: expect.any(Object) },
        signing: { kid: expect.any(String), jwk: expect.any(Object) },
        sealedPrivate: expect.any(String),
      },
    });
    const sent = JSON.stringify(submission);
    for (const word of ['reta', 'apology', 'Aroha', 'aroha@example.nz', receipt, lodging.opening.nonce]) {
      expect(sent).not.toContain(word);
      expect(sent).not.toContain(Buffer.from(word).toString('base64url'));
    }
  });

  it('commits to what was said, to whom and when, and whoever opens it can check', async () => {
    const { submission, opening } = lodging;
    const { commitment } = submission.sealed;
    const { content } = await openAs(agency.agreement, 'case');
    const name = (await openAs(custodian.agreement, 'identity')).content;
    const [said, named] = submission.sealed.items;
    const statement = { id: said?.id ?? '', key: 'case', kind: 'statement', content } as const;
    const identity = { id: named?.id ?? '', key: 'identity', kind: 'identity', content: name } as const;
    const whole = await openingOf(statement, [identity], opening);
    expect(whole).toEqual(opening);
    await expect(verifyCommitment(commitment, whole)).resolves.toBeUndefined();
    // Whoever may not read the name checks the rest, and learns of it a hash that nothing can be guessed from.
    const kept = await openingOf(statement, [], opening);
    await expect(verifyCommitment(commitment, kept)).resolves.toBeUndefined();
    expect(JSON.stringify(kept)).not.toContain('Aroha');
    const guess = { ...identity, content: { name: 'Aroha Ngata', email: 'aroha@example.nz' } };
    expect(kept.items[1]).not.toBe(await digestOf(guess));
  });

  it('without a name has no identity key', async () => {
    const nameless = await sealLodging({
      caseId: lodging.submission.sealed.case,
      statement,
      readers: [publicPart(agency.agreement)],
      identityReaders: [],
      receiver: 'msd',
      day: '2025-11-22',
    });
    expect(nameless.submission.sealed.case).toBe(lodging.submission.sealed.case);
    expect(nameless.submission.sealed.items.map(({ key }) => key)).toEqual(['case']);
    expect(nameless.submission.grants.every(({ key }) => key === 'case')).toBe(true);
    expect((await openAs(agency.agreement, 'case', nameless)).content).toMatchObject(statement);
  });

  it('is not made for nobody, for a reader whose kid is another key’s, or of too much', async () => {
    const input = {
      statement,
      readers: [publicPart(agency.agreement)],
      identityReaders: [],
      receiver: 'msd',
      day: '2025-11-22',
    };
    await expect(sealLodging({ ...input, readers: [] })).rejects.toThrow('readers');
    await expect(sealLodging({ ...input, identity })).rejects.toThrow('identityReaders');
    await expectClosed(
      sealLodging({ ...input, readers: [{ kid: stranger.agreement.kid, jwk: agency.agreement.jwk }] }),
    );
    await expect(sealLodging({ ...input, statement: { whatHappened: 'x'.repeat(100_000) } })).rejects.toThrow(
      ContentTooLong,
    );
  });
});

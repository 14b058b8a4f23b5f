import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { randomUUID } from 'node:crypto';
import { MOST_DISCLOSURE_OFFICERS } from '../staff/roles.js';
import { beginEpoch, MAX_READERS } from '../vault/epochs.js';
import { importPrivateKey, makeKeyPair } from '../vault/keys.js';
import { EpochDto, GrantDto, SealedItemDto, SubmissionDto } from './submission.dto.js';

describe('the form of a submission', () => {
  it('admits both keys granted to every reader that an agency may have, and to the mailbox', async () => {
    expect(MOST_DISCLOSURE_OFFICERS + 1).toBeLessThanOrEqual(MAX_READERS);
    const caseId = randomUUID();
    const made = await Promise.all(
      Array.from({ length: MOST_DISCLOSURE_OFFICERS + 1 }, () => makeKeyPair('agreement')),
    );
    const readers = made.map(({ kid, jwk }) => ({ kid, jwk }));
    const maker = await makeKeyPair('signing');
    const { privateKey } = await importPrivateKey(maker.privateJwk, 'signing');
    const signer = { kid: maker.kid, privateKey };
    const begun = await Promise.all(
      (['case', 'identity'] as const).map((key) => beginEpoch({ caseId, key, readers, signer })),
    );
    const grants = begun.flatMap((epoch) => epoch.grants);
    const form = (more: object[]): object => ({
      facets: {},
      sealed: {
        case: caseId,
        items: [{ id: randomUUID(), key: 'case', kind: 'statement', jwe: 'a.b.c.d.e' }],
        epochs: [
          { key: 'case', epoch: 1, record: begun[0]?.record },
          { key: 'identity', epoch: 1, record: begun[1]?.record },
        ],
        commitment: 'a'.repeat(43),
      },
      grants: [...grants, ...more],
    });
    const wrong = (sent: object): string[] =>
      validateSync(plainToInstance(SubmissionDto, sent)).map(({ property }) => property);
    expect(grants).toHaveLength(62);
    expect(wrong(form([]))).toEqual([]);
    expect(wrong(form(grants.slice(0, 1)))).toEqual(['grants']);
  });

  it.each(['desk', 'referral'] as const)('admits no %s key: nobody but staff begins one', async (key) => {
    const maker = await makeKeyPair('signing');
    const signer = await importPrivateKey(maker.privateJwk, 'signing');
    const reader = await makeKeyPair('agreement');
    const caseId = randomUUID();
    const { record, grants } = await beginEpoch({ caseId, key, readers: [reader], signer });
    const wrong = (type: new () => object, sent: object): string[] =>
      validateSync(plainToInstance(type, sent)).map(({ property }) => property);
    expect(wrong(EpochDto, { key, epoch: 1, record })).toEqual(['key']);
    expect(grants.flatMap((grant) => wrong(GrantDto, grant))).toEqual(['key']);
    const item = { id: randomUUID(), key, kind: key === 'desk' ? 'note' : key, jwe: 'a.b.c.d.e' };
    expect(wrong(SealedItemDto, item)).toEqual(['key', 'kind']);
  });
});

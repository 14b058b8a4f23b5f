import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expectClosed } from '../../test/vault/people.js';
import { encode, randomBytes } from './bytes.js';
import {
  canonicalJson,
  commitmentOf,
  digestOf,
  verifyCommitment,
  type ClearItem,
  type LodgingOpening,
} from './commitment.js';

function opening(): LodgingOpening {
  const nonce = encode(randomBytes(32));
  const content = { whatHappened: 'E kore i tae mai te utu', nonce };
  return {
    items: [{ id: crypto.randomUUID(), key: 'case', kind: 'statement', content }],
    receiver: 'msd',
    day: '2025-11-22',
    nonce,
  };
}

describe('a commitment', () => {
  it('is checked with its opening, and with no other', async () => {
    const said = opening();
    const commitment = await commitmentOf(said);
    await expect(verifyCommitment(commitment, said)).resolves.toBeUndefined();
    await expectClosed(verifyCommitment(commitment, { ...said, day: '2025-11-23' }));
    await expectClosed(verifyCommitment(commitment, { ...said, receiver: 'ombudsman' }));
    await expectClosed(verifyCommitment(commitment, { ...said, nonce: encode(randomBytes(32)) }));
    await expectClosed(verifyCommitment(commitment, { ...said, items: [] }));
    await expectClosed(verifyCommitment(commitment, opening()));
  });

  it('is to one text: no other opens it, nor the same with something left out or kept back that was not named', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
        const said = opening();
        const [statement] = said.items as [ClearItem];
        const saying = (whatHappened: string): LodgingOpening => ({
          ...said,
          items: [{ ...statement, content: { ...statement.content, whatHappened } }],
        });
        const commitment = await commitmentOf(saying(one));
        const opened = await verifyCommitment(commitment, saying(other)).then(
          () => true,
          () => false,
        );
        expect(opened).toBe(one === other);
      }),
      { numRuns: 50 },
    );
    const said = opening();
    const [statement] = said.items as [ClearItem];
    const commitment = await commitmentOf(said);
    await expectClosed(verifyCommitment(commitment, { ...said, items: [await digestOf(statement)] }));
    const more = { ...said, items: [statement, encode(randomBytes(32))] };
    await expectClosed(verifyCommitment(await commitmentOf(more), more));
  });

  it('whose statement names another nonce is refused', async () => {
    const said = { ...opening(), nonce: encode(randomBytes(32)) };
    await expectClosed(verifyCommitment(await commitmentOf(said), said));
  });

  it('does not depend on the order of members', () => {
    expect(canonicalJson({ b: [1e21, -0, 'é\u2028'], a: { '\u{1f600}': null, '\ufb33': true } })).toBe(
      '{"a":{"\u{1f600}":null,"\ufb33":true},"b":[1e+21,0,"é\u2028"]}',
    );
  });

  it('is spelt as another implementation of RFC 8785 spells it', () => {
    const spell = canonicalize as unknown as (value: unknown) => string;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(value)).toBe(spell(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 300 },
    );
  });
});

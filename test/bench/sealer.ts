import { sealLodging } from '../../src/vault/lodging.js';
import type { PublicKey } from '../../src/vault/keys.js';
import { answerQuestions } from './child-messages.js';

/** How many to seal, and to whom. */
export interface ToSeal {
  readonly count: number;
  readonly reader: PublicKey;
  readonly receiver: string;
  readonly day: string;
}

/** A fifth of what a person writes: some 2,400 characters, which sealed take the second of the four sizes. */
const STORY = [
  'I rang the office in March about the accommodation supplement and was told that nothing was missing.',
  'Four weeks later the payment stopped, without a letter, and nobody could tell me who had decided that.',
  'Ko te pātai: nā wai i whakatau? I rang again on 3, 9 and 17 April and each time was asked for the same papers.',
  'I sent them by registered post on 18 April; the receipt says they were signed for on the 20th.',
  'Since then I have borrowed money for the rent, and the landlord has given notice.',
].join(' ');

// One process for each core: on a thread pool, making keys on P-384 leaves a core idle.
answerQuestions(async ({ count, reader, receiver, day }: ToSeal) => {
  const sealed: string[] = [];
  for (let n = 0; n < count; n++) {
    const statement = {
      whatHappened: `${STORY} `.repeat(5),
      outcomeSought: 'A decision in writing, with its reasons.',
    };
    const lodging = { statement, readers: [reader], identityReaders: [], receiver, day };
    sealed.push(JSON.stringify((await sealLodging(lodging)).submission));
  }
  return sealed;
});

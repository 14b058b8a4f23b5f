import { describe, expect, it } from '@jest/globals';
import { expectClosed } from '../../test/vault/people.js';
import { openDraft, sealDraft } from './draft.js';
import { makeReceipt } from './receipt.js';
import { ContentTooLong } from './suite.js';

const CONTENT = { facets: { about: 'msd' }, words: { whatHappened: 'Kāore au i mōhio. 🌊 \ud800' } };

describe('what is put aside', () => {
  it('opens with its code, however that is typed, and comes back as it was', async () => {
    const code = makeReceipt();
    const sealed = await sealDraft(code, CONTENT);
    expect(await openDraft(code, sealed)).toEqual(CONTENT);
    expect(await openDraft(` ${code.toUpperCase().replaceAll(' ', ',  ')}\n`, sealed)).toEqual(CONTENT);
  });

  it('opens with no other code, with no part of it, and not where a letter of it was changed', async () => {
    const code = makeReceipt();
    const sealed = await sealDraft(code, CONTENT);
    const [header = '', key = '', iv = '', text = '', tag = ''] = sealed.split('.');
    const altered = [header, key, iv, (text.startsWith('A') ? 'B' : 'A') + text.slice(1), tag].join('.');
    await expectClosed(openDraft(makeReceipt(), sealed));
    await expectClosed(openDraft(code.split(' ').slice(1).join(' '), sealed));
    await expectClosed(openDraft(code, altered));
    await expectClosed(openDraft(code, undefined));
  });

  it('says nothing of what it is but its purpose, and its length tells little', async () => {
    const code = makeReceipt();
    const [one, other] = [await sealDraft(code, { words: {} }), await sealDraft(code, CONTENT)];
    expect(JSON.parse(Buffer.from(one.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      suite: 'onedoor-seal-1',
      purpose: 'draft',
    });
    expect(one).toHaveLength(other.length);
    await expect(sealDraft(code, { words: 'a'.repeat(200_000) })).rejects.toThrow(ContentTooLong);
  });
});

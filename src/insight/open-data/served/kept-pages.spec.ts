import { describe, expect, it } from '@jest/globals';
import { KeptPages } from './kept-pages.js';

describe('pages that are kept', () => {
  it('are made once each', async () => {
    const pages = new KeptPages<string>();
    const made: string[] = [];
    const look = (key: string): Promise<string> =>
      pages.get(key, () => {
        made.push(key);
        return Promise.resolve(`page of ${key}`);
      });
    for (const key of ['a', 'b', 'a', 'a', 'b']) expect(await look(key)).toBe(`page of ${key}`);
    expect(made).toEqual(['a', 'b']);
  });

  it('are so many and no more, and the oldest go first', async () => {
    const pages = new KeptPages<string>(2);
    const made: string[] = [];
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a'])
      await pages.get(key, () => {
        made.push(key);
        return Promise.resolve(key);
      });
    expect(made).toEqual(['a', 'b', 'c', 'a']);
  });

  it('are not kept where they could not be made', async () => {
    const pages = new KeptPages<string>();
    await expect(pages.get('a', () => Promise.reject(new Error('not now')))).rejects.toThrow('not now');
    expect(await pages.get('a', () => Promise.resolve('made'))).toBe('made');
  });
});

import { describe, expect, it } from '@jest/globals';
import { encode } from './bytes.js';
import { makeSalt, stretchPassphrase } from './passphrase.js';

describe('a passphrase', () => {
  it('gives the same two secrets however its letters are composed, and they do not give each other away', async () => {
    const salt = makeSalt();
    const once = await stretchPassphrase({ passphrase: 'Tēnā koutou', salt });
    expect(await stretchPassphrase({ passphrase: 'Tēnā koutou'.normalize('NFD'), salt })).toEqual(once);
    expect(encode(once.unlock)).not.toBe(once.auth);
    expect(once.unlock).toHaveLength(32);
  });

  it('gives other secrets with another salt', async () => {
    const [one, other] = [makeSalt(), makeSalt()];
    const salted = await stretchPassphrase({ passphrase: 'one', salt: one });
    const otherwise = await stretchPassphrase({ passphrase: 'one', salt: other });
    expect(salted.auth).not.toBe(otherwise.auth);
    expect(encode(salted.unlock)).not.toBe(encode(otherwise.unlock));
  });

  it('that is empty or endless, or a salt of another size, is refused', async () => {
    const salt = makeSalt();
    await expect(stretchPassphrase({ passphrase: '', salt })).rejects.toThrow(TypeError);
    await expect(stretchPassphrase({ passphrase: 'x'.repeat(1025), salt })).rejects.toThrow(TypeError);
    await expect(stretchPassphrase({ passphrase: 'x', salt: 'c2hvcnQ' })).rejects.toThrow(TypeError);
  });
});

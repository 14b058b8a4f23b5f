import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COMMON_PASSWORDS } from './common-passwords.js';
import { passphraseFault } from './passphrase.js';

const fault = (passphrase: string): string | null => passphraseFault(passphrase, 'hana.reedy', 'ombudsman');
const common = COMMON_PASSWORDS.split(' ');

describe('a passphrase', () => {
  it.each([
    'four words that do not belong',
    'correct horse battery staple 1',
    'ngā manu e rere ana ki te tonga',
    'xk7 wq9 mzt4 jjv2 pp',
    'my aunt grows leeks in Ōtaki',
  ])('such as “%s” can be used', (passphrase) => {
    expect(fault(passphrase)).toBeNull();
  });

  it.each([
    'passwordpassword',
    'Password12345678!',
    'P@ssw0rd-P@ssw0rd',
    'qwertyuiopasdfghjkl',
    '1234567890123456',
    'aaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrst',
    'zxcvbnm zxcvbnm zxcvbnm',
    'ombudsman ombudsman',
    'ombudsman onedoor 123',
    'letmein letmein 1234',
    '9876543210987654',
    'k4t k4t k4t k4t k4t ',
  ])('such as “%s” is guessed first, and refused', (passphrase) => {
    expect(fault(passphrase)).toBe('guessable');
  });

  it('counts 16 characters and no more than 1,024, and never has the username in it', () => {
    expect(fault('leeks in Ōtaki!')).toBe('too_short');
    expect(fault('leeks in Ōtaki!!')).toBeNull();
    expect(fault('x y z '.repeat(200))).toBe('too_long');
    expect(fault('my name is Hana.Reedy today')).toBe('contains_username');
  });

  it('is refused when it was ever common in a leak, however it is written or often it is said', () => {
    const disguise = (text: string): string =>
      text.replaceAll('a', '@').replaceAll('s', '$').replaceAll('e', '3').replaceAll('o', '0');
    fc.assert(
      fc.property(
        fc.constantFrom(...common),
        fc.constantFrom('', ' ', '-', '.'),
        fc.boolean(),
        (word, gap, dressed) => {
          const one = dressed ? disguise(word) : word.toUpperCase();
          const said = Array.from({ length: Math.ceil(16 / one.length) + 1 }, () => one).join(gap);
          expect(fault(said)).toBe('guessable');
        },
      ),
    );
  });

  it('of random letters can be used', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')),
      minLength: 20,
      maxLength: 40,
    });
    fc.assert(
      fc.property(letters, (text) => {
        fc.pre(new Set(text).size > 8);
        return fault(text) === null;
      }),
    );
  });
});

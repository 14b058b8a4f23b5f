import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exactEpsilon } from './epsilon.js';

describe('an epsilon', () => {
  it.each([
    ['0.25', 1n, 4n],
    ['0.2500', 1n, 4n],
    ['1', 1n, 1n],
    ['2.0', 2n, 1n],
    ['10.375', 83n, 8n],
    ['0.000000000000000001', 1n, 10n ** 18n],
    ['0.1', 1n, 10n],
  ])('is read from %s without rounding', (text, numerator, denominator) => {
    expect(exactEpsilon(text)).toEqual({ numerator, denominator });
  });

  it.each(
    [
      '',
      '0',
      '0.0',
      '-1',
      '+1',
      '1e-1',
      '.5',
      '1.',
      '01',
      '1,5',
      ' 1',
      '1 ',
      '1\n',
      'NaN',
      'Infinity',
      '0x1',
      '1/4',
      '١',
    ].concat('1234567890', '0.1234567890123456789'),
  )('is not read from %j', (text) => {
    expect(() => exactEpsilon(text)).toThrow(RangeError);
  });

  it('is in lowest terms, and is the number that was written', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.stringMatching(/^\d{1,18}$/), (whole, fraction) => {
        fc.pre(whole > 0 || /[1-9]/.test(fraction));
        const { numerator, denominator } = exactEpsilon(`${whole.toString()}.${fraction}`);
        const scale = 10n ** BigInt(fraction.length);
        expect(numerator * scale).toBe((BigInt(whole) * scale + BigInt(fraction)) * denominator);
        for (const prime of [2n, 5n]) expect([numerator % prime, denominator % prime]).not.toEqual([0n, 0n]);
      }),
    );
  });
});

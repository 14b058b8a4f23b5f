import { describe, expect, it } from '@jest/globals';
import { isAddressAt } from './address-at.js';

describe('an address for notices', () => {
  it.each(['hana@msd.govt.nz', 'Hana@MSD.govt.nz ', 'hana@mail.msd.govt.nz'])(
    '%s is at the organisation',
    (address) => {
      expect(isAddressAt(address, ['acc.co.nz', 'msd.govt.nz'])).toBe(true);
    },
  );

  it.each(['hana@home.test', 'hana@notmsd.govt.nz', 'msd.govt.nz@home.test', ''])('%s is not', (address) => {
    expect(isAddressAt(address, ['acc.co.nz', 'msd.govt.nz'])).toBe(false);
  });
});

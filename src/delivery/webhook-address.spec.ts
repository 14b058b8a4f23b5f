import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress } from './webhook-address.js';
import { webhookTarget } from './webhook-target.js';

const NONE: ReadonlySet<string> = new Set();

describe('an address that a webhook may reach', () => {
  it.each(['1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.255.255', '210.48.109.1', '2606:4700::1111', '2404:138::1'])(
    'is %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
      expect(isPublicAddress(`::ffff:${address}`)).toBe(!address.includes(':'));
    },
  );

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.254',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::1',
    '2001:0:0:1::1',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '4000::1',
    'localhost',
    '',
    '1.1.1.1.',
    ' 1.1.1.1',
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('is none of a private network, however it is written', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const privately = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127, 0), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
      fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    );
    fc.assert(
      fc.property(privately, ([a, b, c, d]) => {
        const dotted = [a, b, c, d].join('.');
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const number = (((a << 24) | (b << 16) | (c << 8) | d) >>> 0).toString();
        for (const address of [dotted, `::ffff:${dotted}`, `::ffff:${hex}`, `64:ff9b::${hex}`])
          expect(isPublicAddress(address)).toBe(false);
        for (const host of [dotted, number, `0x${Number(number).toString(16)}`, `[::ffff:${dotted}]`])
          expect(webhookTarget(`https://${host}/`, NONE)).toBe('private_address');
      }),
    );
  });
});

describe('a URL to be called', () => {
  it.each([
    ['not a URL', 'not_a_url'],
    ['/path', 'not_a_url'],
    [`https://agency.test/${'x'.repeat(500)}`, 'not_a_url'],
    ['http://agency.test/', 'not_https'],
    ['ftp://agency.test/', 'not_https'],
    ['file:///etc/passwd', 'not_https'],
    ['javascript:alert(1)', 'not_https'],
    ['https://user@agency.test/', 'credentials'],
    ['https://user:word@agency.test/', 'credentials'],
    ['https://agency.test:8443/', 'other_port'],
    ['https://127.0.0.1/', 'private_address'],
    ['https://[::1]/', 'private_address'],
    ['https://2130706433/', 'private_address'],
    ['https://0177.0.0.1/', 'private_address'],
  ])('is refused as %s', (text, problem) => {
    expect(webhookTarget(text, NONE)).toBe(problem);
  });

  it('is one of https, on its own port, without its fragment', () => {
    const target = webhookTarget('https://Cases.Agency.test:443/onedoor?token=1#part', NONE);
    expect(target).toMatchObject({ hostname: 'cases.agency.test', mayBePrivate: false });
    expect(typeof target === 'string' ? target : target.url.href).toBe('https://cases.agency.test/onedoor?token=1');
  });

  it('may be private where its host and port are named in the settings, and nowhere beside that', () => {
    const allowed = new Set(['127.0.0.1:8080', 'cases.internal']);
    expect(webhookTarget('http://127.0.0.1:8080/x', allowed)).toMatchObject({ mayBePrivate: true });
    expect(webhookTarget('http://cases.internal/', allowed)).toMatchObject({ mayBePrivate: true });
    expect(webhookTarget('https://127.0.0.1:8081/', allowed)).toBe('other_port');
    expect(webhookTarget('https://127.0.0.1/', allowed)).toBe('private_address');
    expect(webhookTarget('http://word@127.0.0.1:8080/x', allowed)).toBe('credentials');
    expect(webhookTarget('file://cases.internal/x', allowed)).toBe('not_https');
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, CompactSign, type JWSHeaderParameters } from 'jose';
import { anyText, expectClosed, knowing, person, publicPart, spoiled, type Person } from '../../test/vault/people.js';
import { decode, utf8 } from './bytes.js';
import { MAX_CONTENT_BYTES } from './content.js';
import { importPublicKey } from './keys.js';
import { PADDED_LENGTHS, pad } from './padding.js';
import { openReport, readReportHeader, sealReport, type ReportContent, type ReportPlace } from './report.js';
import { ContentTooLong, SUITE } from './suite.js';

const place: ReportPlace = { report: '0c6e7f6e-3d5b-4f1c-9a52-3d0f6c1b7a10', from: 'msd' };
const content: ReportContent = { what: 'Gifts were taken.', done: 'It is looked into.' };
let commission: Person;
let officer: Person;

beforeAll(async () => {
  [commission, officer] = [await person(), await person()];
});

function seal(what: ReportContent = content): Promise<string> {
  const reader = publicPart(commission.agreement);
  return sealReport({ ...place, reader, signer: officer.signing, content: what });
}

function open(jwe: unknown, expected: Partial<ReportPlace> = {}, known = knowing(officer)): Promise<unknown> {
  return openReport({ jwe, expect: { ...place, ...expected }, reader: commission.agreement, verify: known });
}

/** Sealed as a report is, with whatever somebody signed, or did not sign, within. */
async function forge(inside: Uint8Array): Promise<string> {
  const header = { suite: SUITE, purpose: 'report', ...place };
  return new CompactEncrypt(inside)
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: commission.agreement.kid, ...header })
    .encrypt(await importPublicKey(publicPart(commission.agreement), 'agreement'));
}

const signed = async (text: string, header: Partial<JWSHeaderParameters> = {}): Promise<Uint8Array<ArrayBuffer>> => {
  const all = { alg: 'ES384', kid: officer.signing.kid, suite: SUITE, purpose: 'report', ...place, ...header };
  const jws = new CompactSign(utf8(text)).setProtectedHeader(all);
  return utf8(await jws.sign(officer.signing.privateKey));
};

describe('a report of serious misconduct', () => {
  it('gives back any text, lone surrogates too, with who signed it, and has one of four lengths', async () => {
    const texts = fc.tuple(anyText, anyText, fc.integer({ min: 1, max: 100 }));
    await fc.assert(
      fc.asyncProperty(texts, async ([one, other, times]) => {
        const said = { what: one.repeat(times), done: other.repeat(times) };
        fc.pre(utf8(JSON.stringify(said)).length <= MAX_CONTENT_BYTES);
        const jwe = await seal(said);
        expect(PADDED_LENGTHS).toContain(decode(jwe.split('.')[3] ?? '').length);
        await expect(open(jwe)).resolves.toEqual({ content: said, signedBy: officer.signing.kid });
      }),
      { numRuns: 50 },
    );
  });

  it('of the most it may hold is sealed, and one byte more is refused as too long', async () => {
    const what = 'a'.repeat(MAX_CONTENT_BYTES - '{"what":"","done":""}'.length);
    await expect(open(await seal({ what, done: '' }))).resolves.toMatchObject({ content: { what } });
    await expect(seal({ what: `${what}a`, done: '' })).rejects.toThrow(ContentTooLong);
  });

  it('opens for nobody else, as no other report, from no other agency and by nobody else', async () => {
    const jwe = await seal();
    await expectClosed(open(jwe, { report: crypto.randomUUID() }));
    await expectClosed(open(jwe, { from: 'ird' }));
    await expectClosed(open(jwe, {}, knowing(commission)));
    const { agreement: reader } = officer;
    await expectClosed(openReport({ jwe, expect: place, reader, verify: knowing(officer) }));
    // Whose kid it is says nothing without the key.
    const namesake = { ...reader, kid: commission.agreement.kid };
    await expectClosed(openReport({ jwe, expect: place, reader: namesake, verify: knowing(officer) }));
    const withAnotherKey = () => commission.verifyKey;
    await expectClosed(open(jwe, {}, withAnotherKey));
  });

  it('with anything wrong about it does not open', async () => {
    const jwe = await seal();
    await fc.assert(
      fc.asyncProperty(spoiled(jwe), (other) => expectClosed(open(other))),
      { numRuns: 300 },
    );
    for (const other of [undefined, null, '', 7, {}]) await expectClosed(open(other));
  });

  it('opens only where what was signed inside is a report in the same place, and says no more', async () => {
    const text = JSON.stringify(content);
    await expect(open(await forge(pad(await signed(text))))).resolves.toMatchObject({ content });
    const closed: Uint8Array[] = [
      await signed(text),
      pad(utf8(text)),
      pad(await signed(text, { report: crypto.randomUUID() })),
      pad(await signed(text, { from: 'ird' })),
      pad(await signed(text, { purpose: 'enclosure' })),
      pad(await signed(text, { suite: 'onedoor-seal-2' })),
      pad(await signed(text, { kid: commission.signing.kid })),
      pad(await signed(text, { more: true })),
      pad(await signed(JSON.stringify({ ...content, who: 'Somebody' }))),
      pad(await signed(JSON.stringify({ what: 'one' }))),
      pad(await signed(JSON.stringify({ what: 1, done: '' }))),
      pad(await signed(`${text} `)),
    ];
    for (const inside of closed) await expectClosed(open(await forge(inside)));
  });

  it('shows without a key which report it is, from where and to which key, and is refused where its form is wrong', async () => {
    const jwe = await seal();
    expect(readReportHeader(jwe)).toMatchObject({ ...place, kid: commission.agreement.kid, purpose: 'report' });
    const [header = '', ...rest] = jwe.split('.');
    const shown = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    for (const change of [
      { purpose: 'enclosure' },
      { report: 'x' },
      { from: 'MSD' },
      { more: 1 },
      { enc: 'A128GCM' },
    ]) {
      const other = Buffer.from(JSON.stringify({ ...shown, ...change })).toString('base64url');
      await expectClosed(() => readReportHeader([other, ...rest].join('.')));
    }
  });

  it('is not sealed where a parameter is not what it takes', async () => {
    const input = { ...place, reader: publicPart(commission.agreement), signer: officer.signing, content };
    await expect(sealReport({ ...input, report: 'x' })).rejects.toThrow(TypeError);
    await expect(sealReport({ ...input, from: 'No agency' })).rejects.toThrow(TypeError);
    await expect(sealReport({ ...input, content: { what: 'one' } as ReportContent })).rejects.toThrow(TypeError);
    await expect(sealReport({ ...input, signer: { ...officer.signing, kid: 'x' } })).rejects.toThrow(TypeError);
    await expectClosed(sealReport({ ...input, reader: { ...input.reader, kid: officer.agreement.kid } }));
  });
});

import { describe, expect, it } from '@jest/globals';
import { expectClosed, person } from '../../test/vault/people.js';
import { openEnclosure, sealEnclosure } from './enclosure.js';
import { makeReceipt } from './receipt.js';

const caseId = '0c6e7f6e-3d5b-4f1c-9a52-3d0f6c1b7a10';

describe('what a reply encloses for the person', () => {
  it('opens for them alone, in the case that it was sealed for, and is nothing where there was nothing', async () => {
    const [{ agreement: reader }, other] = [await person(), await person()];
    const receipt = makeReceipt();
    const jwe = await sealEnclosure({ caseId, reader, receipt });
    expect(await openEnclosure({ jwe, caseId, reader })).toBe(receipt);
    const empty = await sealEnclosure({ caseId, reader, receipt: '' });
    expect(await openEnclosure({ jwe: empty, caseId, reader })).toBe('');
    await expectClosed(openEnclosure({ jwe, caseId, reader: other.agreement }));
    await expectClosed(openEnclosure({ jwe, caseId: caseId.replace('0', '1'), reader }));
    await expectClosed(openEnclosure({ jwe: undefined, caseId, reader }));
    const [header = '', key = '', iv = '', text = '', tag = ''] = jwe.split('.');
    const altered = [header, key, iv, (text.startsWith('A') ? 'B' : 'A') + text.slice(1), tag].join('.');
    await expectClosed(openEnclosure({ jwe: altered, caseId, reader }));
  });

  it('looks the same whether or not there is anything in it', async () => {
    const { agreement: reader } = await person();
    const shapes = await Promise.all(
      ['', makeReceipt(), makeReceipt()].map(async (receipt) => {
        const [header = '', ...rest] = (await sealEnclosure({ caseId, reader, receipt })).split('.');
        const { epk, ...shown } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { epk: object };
        return JSON.stringify([shown, Object.keys(epk), header.length, rest.map(({ length }) => length)]);
      }),
    );
    expect(new Set(shapes).size).toBe(1);
  });

  it('refuses to enclose anything but words of a receipt', async () => {
    const { agreement: reader } = await person();
    await expect(sealEnclosure({ caseId, reader, receipt: 'a'.repeat(121) })).rejects.toThrow(TypeError);
    await expect(sealEnclosure({ caseId, reader, receipt: '"' })).rejects.toThrow(TypeError);
    await expect(sealEnclosure({ caseId: 'x', reader, receipt: '' })).rejects.toThrow(TypeError);
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, CompactSign, compactDecrypt, decodeProtectedHeader } from 'jose';
import { anyText, expectClosed, knowing, person, spoiled, type Person } from '../../test/vault/people.js';
import { decode, derive, encode, randomBytes, utf8 } from './bytes.js';
import {
  MAX_CONTENT_BYTES,
  commitOf,
  openItem,
  openSigned,
  readItemHeader,
  sealItem,
  verifySigned,
  type ItemPlace,
} from './content.js';
import { PADDED_LENGTHS, pad, unpad } from './padding.js';
import { CASE_KEY_NAMES, ContentTooLong, ITEM_KINDS, type JsonObject } from './suite.js';

const caseKey = randomBytes(32);
const place: ItemPlace = {
  caseId: crypto.randomUUID(),
  key: 'case',
  epoch: 1,
  item: crypto.randomUUID(),
  kind: 'statement',
};
let maker: Person;
let commit: string;

beforeAll(async () => {
  maker = await person();
  commit = await commitOf(caseKey);
});

function seal(content: JsonObject, at: ItemPlace = place): Promise<string> {
  return sealItem({ ...at, caseKey, content, signer: maker.signing });
}

function open(
  jwe: string,
  expected: Partial<ItemPlace & { commit: string }> = {},
  key = caseKey,
): ReturnType<typeof openItem> {
  return openItem({ caseKey: key, jwe, expect: { ...place, commit, ...expected }, verify: knowing(maker) });
}

/** A JWE of our form, made by someone who holds a case key and keeps to no rule. */
function forge(jwe: string, plaintext: Uint8Array, header: JsonObject, contentKey: Uint8Array): Promise<string> {
  const protectedHeader = { ...decodeProtectedHeader(jwe), ...header, alg: 'dir', enc: 'A256GCM' };
  return new CompactEncrypt(plaintext).setProtectedHeader(protectedHeader).encrypt(contentKey);
}

async function insideOf(jwe: string): Promise<Uint8Array> {
  return (await compactDecrypt(jwe, await derive(caseKey, 'content'))).plaintext;
}

describe('a sealed item', () => {
  it('gives back any text, lone surrogates too, and has one of four lengths', async () => {
    const texts = fc.tuple(anyText, fc.integer({ min: 1, max: 150 })).map(([text, times]) => text.repeat(times));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        fc.pre(utf8(JSON.stringify({ text })).length <= MAX_CONTENT_BYTES);
        const jwe = await seal({ text });
        expect(PADDED_LENGTHS).toContain(decode(jwe.split('.')[3] ?? '').length);
        await expect(open(jwe)).resolves.toEqual({ content: { text }, signedBy: maker.signing.kid });
      }),
      { numRuns: 150 },
    );
  });

  it('gives out the signature that lay inside, which verifies for its place and its maker, and for no other', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const { signed } = await openSigned({ caseKey, jwe, expect: { ...place, commit }, verify: knowing(maker) });
    const read = { content: { text: 'kia ora' }, signedBy: maker.signing.kid };
    await expect(verifySigned(signed, place, knowing(maker))).resolves.toEqual(read);
    const [header = '', payload = '', signature = ''] = signed.split('.');
    const forged = Buffer.from(JSON.stringify({ text: 'kia ore' })).toString('base64url');
    await expectClosed(verifySigned(signed, { ...place, item: crypto.randomUUID() }, knowing(maker)));
    await expectClosed(verifySigned(signed, { ...place, kind: 'message' }, knowing(maker)));
    await expectClosed(verifySigned(signed, place, knowing(await person())));
    await expectClosed(verifySigned([header, forged, signature].join('.'), place, knowing(maker)));
    await expectClosed(verifySigned(payload, place, knowing(maker)));
  });

  it('of the most it may hold is sealed, and one byte more is refused as too long', async () => {
    const text = 'ā'.repeat((MAX_CONTENT_BYTES - '{"text":""}'.length - 1) / 2) + 'a';
    await expect(open(await seal({ text }))).resolves.toMatchObject({ content: { text } });
    await expect(seal({ text: `${text}a` })).rejects.toThrow(ContentTooLong);
  });

  it('opens nowhere but where it was put', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const elsewhere = fc.oneof(
      fc.uuid({ version: 4 }).map((caseId) => ({ caseId })),
      fc.uuid({ version: 4 }).map((item) => ({ item })),
      fc.constantFrom(...CASE_KEY_NAMES.filter((key) => key !== place.key)).map((key) => ({ key })),
      fc.constantFrom(...ITEM_KINDS.filter((kind) => kind !== place.kind)).map((kind) => ({ kind })),
      fc.integer({ min: 2, max: 1000 }).map((epoch) => ({ epoch })),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ({ commit: encode(bytes) })),
    );
    await fc.assert(
      fc.asyncProperty(elsewhere, (other) => expectClosed(open(jwe, other))),
      { numRuns: 100 },
    );
  });

  it('whose header was rewritten for another place does not open there', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const [, ...rest] = jwe.split('.');
    const caseId = crypto.randomUUID();
    for (const [header, other] of [
      [{ kid: `${caseId}#1` }, { caseId }],
      [{ kid: `${place.caseId}#2` }, { epoch: 2 }],
      [{ key: 'desk' }, { key: 'desk' as const }],
      [{ kind: 'note' }, { kind: 'note' as const }],
      [{ item: caseId }, { item: caseId }],
    ] as const) {
      const rewritten = encode(JSON.stringify({ ...decodeProtectedHeader(jwe), ...header }));
      await expectClosed(open([rewritten, ...rest].join('.'), other));
    }
  });

  it('whose signed text a reader with the key moves to another place does not open there', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const contentKey = await derive(caseKey, 'content');
    const caseId = crypto.randomUUID();
    for (const [header, other] of [
      [{ kid: `${caseId}#1` }, { caseId }],
      [{ kid: `${place.caseId}#2` }, { epoch: 2 }],
      [{ key: 'desk' }, { key: 'desk' as const }],
      [{ kind: 'note' }, { kind: 'note' as const }],
      [{ item: caseId }, { item: caseId }],
    ] as const) {
      await expectClosed(open(await forge(jwe, await insideOf(jwe), header, contentKey), other));
    }
  });

  it('does not open under a second key, whichever commit is expected', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const second = randomBytes(32);
    await expectClosed(open(jwe, {}, second));
    await expectClosed(open(jwe, { commit: await commitOf(second) }, second));
    await expectClosed(open(jwe, {}, randomBytes(16)));
  });

  it('that GCM would open under a second key is refused, since it commits to the first', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const second = randomBytes(32);
    const forged = await forge(jwe, await insideOf(jwe), {}, await derive(second, 'content'));
    await expectClosed(open(forged, {}, second));
  });

  it('signed by a stranger, or by nobody, does not open', async () => {
    const stranger = await person();
    const jwe = await sealItem({ ...place, caseKey, content: { text: 'x' }, signer: stranger.signing });
    await expectClosed(open(jwe));
    const asMaker = await sealItem({
      ...place,
      caseKey,
      content: { text: 'x' },
      signer: { kid: maker.signing.kid, privateKey: stranger.signing.privateKey },
    });
    await expectClosed(open(asMaker));
    const contentKey = await derive(caseKey, 'content');
    const signed = new TextDecoder().decode(unpad(await insideOf(jwe)));
    const unsigned = `${signed.split('.').slice(0, 2).join('.')}.`;
    await expectClosed(open(await forge(jwe, pad(utf8(unsigned)), {}, contentKey)));
    await expectClosed(open(await forge(jwe, pad(utf8('{"text":"x"}')), {}, contentKey)));
  });

  it('that holds no JSON object, or is padded otherwise, does not open', async () => {
    const jwe = await seal({ text: 'kia ora' });
    const contentKey = await derive(caseKey, 'content');
    const { caseId, ...rest } = place;
    const header = { alg: 'ES384', kid: maker.signing.kid, suite: 'onedoor-seal-1', case: caseId, ...rest };
    const { key, epoch, item, kind, ...start } = header;
    for (const text of ['[]', 'null', '"text"', '{"text":', '']) {
      const signed = await new CompactSign(utf8(text))
        .setProtectedHeader({ ...start, key, epoch, item, kind })
        .sign(maker.signing.privateKey);
      await expectClosed(open(await forge(jwe, pad(utf8(signed)), {}, contentKey)));
    }
    const unpadded = unpad(await insideOf(jwe));
    await expectClosed(open(await forge(jwe, unpadded, {}, contentKey)));
  });

  it('spoiled anywhere, cut or with its parts in another order fails with the one error', async () => {
    const jwe = await seal({ text: 'kia ora' });
    await fc.assert(
      fc.asyncProperty(spoiled(jwe), (wrong) => expectClosed(open(wrong))),
      { numRuns: 400 },
    );
  });

  it('is read by form alone: nothing unknown, no compression, no other algorithm', async () => {
    const jwe = await seal({ text: 'kia ora' });
    expect(readItemHeader(jwe)).toMatchObject({ ...place, commit });
    const [, ...rest] = jwe.split('.');
    const header = decodeProtectedHeader(jwe);
    for (const wrong of [
      { ...header, zip: 'DEF' },
      { ...header, crit: ['suite'] },
      { ...header, note: 'x' },
      { ...header, alg: 'A256KW' },
      { ...header, enc: 'A128GCM' },
      { ...header, suite: 'onedoor-seal-2' },
      { ...header, kid: `${place.caseId}#01` },
      { ...header, kid: `${place.caseId}#1#1` },
      { ...header, commit: undefined },
    ]) {
      await expectClosed(() => readItemHeader([encode(JSON.stringify(wrong)), ...rest].join('.')));
    }
    const twice = JSON.stringify(header).replace('"kind":', '"kind":"note","kind":');
    await expectClosed(() => readItemHeader([encode(twice), ...rest].join('.')));
    for (const wrong of [null, 7, {}, [], '', '....', 'x'.repeat(1_000_000)])
      await expectClosed(() => readItemHeader(wrong));
  });

  it('is refused by its parameter’s name where the sealing side errs', async () => {
    await expect(seal({}, { ...place, caseId: 'not a uuid' })).rejects.toThrow('caseId');
    await expect(seal({}, { ...place, epoch: 0 })).rejects.toThrow(TypeError);
  });
});

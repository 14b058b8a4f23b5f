import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  constants,
  createHash,
  createPrivateKey,
  type JsonWebKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import process from 'node:process';
import { ROLES_OF } from '../../config/database-roles.js';
import { type BlindToken, drawToken, type RatingKey } from '../../src/mailbox/rating/blind-token.js';
import { FEWEST_ENTERED, Ratings } from '../../src/mailbox/rating/ratings.service.js';
import { Sweeper } from '../../src/queue/sweeper.js';
import { LIMITS } from '../../src/web/throttle.js';
import { Caller, type LodgedCase, MailboxApp } from './mailbox-app.js';

let served: MailboxApp;
let keys: RatingKey[];

beforeAll(async () => {
  served = await MailboxApp.start();
  keys = ((await (await fetch(`${served.origin}/api/v1/keys`)).json()) as { keys: RatingKey[] }).keys;
});
afterAll(() => served.close());

const ANSWERS = { feltSafe: 'partly', keptInformed: 'yes', wouldDoAgain: 'not_said' };

async function answeredCase(): Promise<{ lodged: LodgedCase; caller: Caller }> {
  const lodged = await served.lodge();
  await served.reply(lodged.id, 'We are looking into it.');
  return { lodged, caller: await new Caller(served.origin).openById(lodged) };
}

async function signed(
  caller: Caller,
  drawn: BlindToken,
  moment = 'answered',
): Promise<{ token: string; signature: string }> {
  const { status, body } = await caller.call('POST', '/ratings/tokens', { moment, blinded: drawn.blinded });
  expect(status).toBe(200);
  return drawn.unblind((body as { signature: string }).signature);
}

const rate = (body: object): Promise<Response> =>
  fetch(`${served.origin}/api/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const waiting = (): Promise<Record<string, unknown>[]> => served.rows('SELECT * FROM ratings_waiting');

describe('the question whether somebody felt safe', () => {
  it('is asked once after a step of the agency, and not before', async () => {
    const lodged = await served.lodge();
    const caller = await new Caller(served.origin).openById(lodged);
    expect((await caller.read()).rating).toBeNull();
    const early = await drawToken(keys);
    expect(await caller.call('POST', '/ratings/tokens', { moment: 'answered', blinded: early.blinded })).toMatchObject({
      status: 409,
      body: { code: 'not_asked' },
    });
    await served.reply(lodged.id, 'Hello.');
    expect((await caller.read()).rating).toBe('answered');
    await signed(caller, early);
    expect((await caller.read()).rating).toBeNull();
  });

  it('gives one token for a moment, however often and by however many it is asked for at once', async () => {
    const { caller } = await answeredCase();
    const drawn = await Promise.all([drawToken(keys), drawToken(keys), drawToken(keys)]);
    const ask = (one: BlindToken): Promise<{ status: number; body: unknown }> =>
      caller.call('POST', '/ratings/tokens', { moment: 'answered', blinded: one.blinded });
    const answers = await Promise.all([...drawn, ...drawn].map(ask));
    const won = drawn.filter((_, at) => answers[at]?.status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    // Whoever lost the answer asks again and has the same.
    const [one] = won;
    if (!one) throw new Error('nobody won');
    expect(await signed(caller, one)).toMatchObject({ token: expect.any(String) });
  });

  it('takes the answers with the token and nothing of the mailbox, once', async () => {
    const { caller } = await answeredCase();
    const token = await signed(caller, await drawToken(keys));
    const before = (await waiting()).length;
    expect((await rate({ ...token, ...ANSWERS })).status).toBe(204);
    expect((await rate({ ...token, ...ANSWERS, feltSafe: 'no' })).status).toBe(204);
    const rows = await waiting();
    expect(rows).toHaveLength(before + 1);
    expect(rows.filter(({ felt_safe }) => felt_safe === 'no')).toEqual([]);
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual(['felt_safe', 'id', 'kept_informed', 'would_do_again', 'year']);
  });

  it('takes nothing with a token that was not signed here, or was signed over something else', async () => {
    const { caller } = await answeredCase();
    const { token, signature } = await signed(caller, await drawToken(keys));
    const other = randomBytes(32).toString('base64url');
    const before = (await waiting()).length;
    for (const wrong of [
      { token: other, signature },
      { token, signature: 'A'.repeat(512) },
    ]) {
      const response = await rate({ ...wrong, ...ANSWERS });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field: 'signature' }] });
    }
    expect((await rate({ token, signature, ...ANSWERS, feltSafe: 'very' })).status).toBe(422);
    expect(await waiting()).toHaveLength(before);
  });

  it('is not for who has no mailbox open, nor over what is no number of the key', async () => {
    const { blinded } = await drawToken(keys);
    expect(
      await new Caller(served.origin).call('POST', '/ratings/tokens', { moment: 'answered', blinded }),
    ).toMatchObject({ status: 401 });
    const { caller } = await answeredCase();
    const sent = { moment: 'answered', blinded: '_'.repeat(512) };
    expect(await caller.call('POST', '/ratings/tokens', sent)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'blinded' }] },
    });
    expect((await caller.read()).rating).toBe('answered');
  });

  it('blinds under no key where more than one is shown, since one could be for this person alone', async () => {
    await expect(drawToken([...keys, ...keys])).rejects.toThrow('exactly one key');
    await expect(drawToken(keys.filter(({ kty }) => kty !== 'RSA'))).rejects.toThrow('exactly one key');
  });
});

describe('whoever has the database and the key that signs', () => {
  it('cannot tell which token came from which case: each fits each', async () => {
    const key = createPrivateKey({
      key: JSON.parse(process.env.ONEDOOR_TEST_RATINGS_KEY ?? '') as JsonWebKey,
      format: 'jwk',
    });
    const n = number(key.export({ format: 'jwk' }).n ?? '');
    const drawn = [await drawToken(keys), await drawToken(keys)];
    const tokens = [];
    for (const one of drawn) tokens.push(await signed((await answeredCase()).caller, one));
    const bare = { key, padding: constants.RSA_NO_PADDING };
    for (const { blinded } of drawn) {
      for (const { signature } of tokens) {
        // What the token was encoded to, and the factor by which that would have been blinded to this: there is always one.
        const encoded = number(publicEncrypt(bare, Buffer.from(signature, 'base64url')).toString('base64url'));
        const blinding = (number(blinded) * inverse(encoded, n)) % n;
        const factor = privateDecrypt(bare, Buffer.from(blinding.toString(16).padStart(768, '0'), 'hex'));
        const back = number(publicEncrypt(bare, factor).toString('base64url'));
        expect((encoded * back) % n).toBe(number(blinded));
      }
    }
  });

  it('finds nothing that stands beside an answer and beside a case', async () => {
    const { lodged, caller } = await answeredCase();
    const drawn = await drawToken(keys);
    const token = await signed(caller, drawn);
    await rate({ ...token, ...ANSWERS });
    const tables = await served.rows<{ name: string }>(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'disposal', 'bullmq')`,
    );
    const hash = createHash('sha256').update(Buffer.from(token.token, 'base64url')).digest('hex');
    const given = createHash('sha256').update(Buffer.from(drawn.blinded, 'base64url')).digest('hex');
    const with_ = async (text: string): Promise<string[]> => {
      const found: string[] = [];
      for (const { name } of tables) {
        const rows = await served.rows(`SELECT FROM ${name} t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [text]);
        if (rows.length > 0) found.push(name);
      }
      return found;
    };
    expect(await with_(hash)).toEqual(['public.rating_tokens_spent']);
    expect(await with_(given)).toEqual(['public.rating_tokens']);
    const spent = await served.rows<Record<string, unknown>>('SELECT * FROM rating_tokens_spent LIMIT 1');
    expect(Object.keys(spent[0] ?? {})).toEqual(['token']);
    const [waits] = await served.rows<{ id: string }>('SELECT id FROM ratings_waiting ORDER BY random() LIMIT 1');
    expect(await with_(waits?.id ?? '')).toEqual(['public.ratings_waiting']);
    const places = await with_(lodged.id);
    expect(places).toContain('public.rating_tokens');
    expect(places.filter((name) => /ratings|spent/.test(name))).toEqual([]);
  });

  it('finds answers entered together, at least so many, in an order of no meaning', async () => {
    await served.rows('DELETE FROM ratings_waiting');
    const put = (year: number): Promise<unknown> =>
      served.rows('SELECT put_rating($1, $2, $3, $4, $5)', [randomBytes(32), year, 'yes', 'yes', 'yes']);
    for (let year = 2000; year < 2000 + FEWEST_ENTERED - 1; year++) await put(year);
    const ratings = served.app.app.get(Ratings, { strict: false });
    expect(await ratings.enter()).toBe(0);
    expect(await waiting()).toHaveLength(FEWEST_ENTERED - 1);
    await put(2000 + FEWEST_ENTERED - 1);
    // As a worker does every hour; two of them at once enter them once.
    const sweeper = served.app.app.get(Sweeper, { strict: false });
    await Promise.all([sweeper.sweepOnce(), sweeper.sweepOnce()]);
    expect(await waiting()).toEqual([]);
    const entered = await served.rows<{ year: number }>('SELECT year FROM ratings ORDER BY ctid');
    const years = entered.map(({ year }) => year);
    expect([...years].sort()).toEqual(Array.from({ length: FEWEST_ENTERED }, (_, at) => 2000 + at));
    expect(years).not.toEqual([...years].sort());
  });

  it('is shown no answer as anybody that the server serves as', async () => {
    for (const role of ROLES_OF.all) {
      for (const table of ['ratings', 'ratings_waiting', 'rating_tokens_spent']) {
        const [row] = await served.rows<{ may: boolean }>(
          `SELECT has_any_column_privilege($1, $2, 'SELECT, INSERT, UPDATE') OR has_table_privilege($1, $2, 'DELETE') AS may`,
          [role, table],
        );
        expect([role, table, row?.may]).toEqual([role, table, false]);
      }
    }
  });
});

function number(text: string): bigint {
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
}

/** By the extended algorithm of Euclid. */
function inverse(of: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [of % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

describe('whoever sends ratings without end', () => {
  it('is slowed by their address, with a token and with answers alike', async () => {
    const { caller } = await answeredCase();
    const token = randomBytes(32).toString('base64url');
    const forged = { token, signature: randomBytes(384).toString('base64url'), ...ANSWERS };
    const drawn = await drawToken(keys);
    const refused = new Set<string>();
    for (let tries = 0; tries < 3 * LIMITS.rating.burst && refused.size < 2; tries++) {
      const asked = await caller.call('POST', '/ratings/tokens', { moment: 'closed', blinded: drawn.blinded });
      if (asked.status === 429) refused.add('token');
      if ((await rate(forged)).status === 429) refused.add('answers');
    }
    expect([...refused].toSorted()).toEqual(['answers', 'token']);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { FACETS, newKey, Owner, type Problem, submit } from './door.js';
import { blamedOn, held, Visitor } from './visitor.js';

const MEGABYTE = 1024 * 1024;
/** As long as a field may be, and longer than half of what can be sealed at once. */
const MUCH = '語'.repeat(4000) + '"'.repeat(16_000);

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

async function problem(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return (await response.json()) as Problem;
}

describe('what the API cannot use', () => {
  let before: Record<string, number>;
  beforeEach(async () => {
    before = await owner.counts();
  });
  afterEach(async () => {
    expect(await owner.counts()).toEqual(before);
  });

  const statement = { whatHappened: 'They cut my benefit.' };
  const facets = FACETS;
  const fields: [what: string, body: unknown, field: string, code: string][] = [
    ['an empty object', {}, 'facets', 'required'],
    ['neither words nor sealed parts', { facets }, 'statement', 'required'],
    ['an empty statement', { facets, statement: {} }, 'statement.whatHappened', 'required'],
    ['empty words', { facets, statement: { whatHappened: '' } }, 'statement.whatHappened', 'required'],
    ['blank words', { facets, statement: { whatHappened: ' \n\t\u00a0' } }, 'statement.whatHappened', 'invalid'],
    ['words that are a number', { facets, statement: { whatHappened: 7 } }, 'statement.whatHappened', 'not_text'],
    ['words said twice', { facets, statement: { whatHappened: ['a', 'b'] } }, 'statement.whatHappened', 'repeated'],
    ['words that are null', { facets, statement: { whatHappened: null } }, 'statement.whatHappened', 'required'],
    ['a statement that is null', { facets, statement: null }, 'statement', 'required'],
    ['a statement that is a list', { facets, statement: [statement] }, 'statement', 'repeated'],
    ['a detail that is null', { facets, statement: { ...statement, who: null } }, 'statement.who', 'required'],
    ['a name that is null', { facets, statement: { ...statement, identity: null } }, 'statement.identity', 'required'],
    [
      'a name that is a list',
      { facets, statement: { ...statement, identity: ['A'] } },
      'statement.identity',
      'repeated',
    ],
    ['an address that is null', { facets, statement, notify: null }, 'notify', 'required'],
    ['an address that is none', { facets, statement, notify: 'me' }, 'notify', 'invalid'],
    [
      'words too long',
      { facets, statement: { whatHappened: 'a'.repeat(20_001) } },
      'statement.whatHappened',
      'too_long',
    ],
    ['details too long', { facets, statement: { ...statement, who: 'ā'.repeat(2001) } }, 'statement.who', 'too_long'],
    [
      'fields that fit one by one and not together',
      { facets, statement: { whatHappened: '😀'.repeat(20_000), outcomeSought: '😀'.repeat(10_000) } },
      'statement',
      'too_long',
    ],
    [
      'a control character',
      { facets, statement: { whatHappened: 'a\u0000b' } },
      'statement.whatHappened',
      'not_allowed_characters',
    ],
    [
      'an escape sequence',
      { facets, statement: { ...statement, who: '\u001b[2J' } },
      'statement.who',
      'not_allowed_characters',
    ],
    [
      'a C1 control',
      { facets, statement: { ...statement, where: 'a\u0085b' } },
      'statement.where',
      'not_allowed_characters',
    ],
    [
      'half a surrogate pair',
      { facets, statement: { whatHappened: 'a\ud83d' } },
      'statement.whatHappened',
      'not_allowed_characters',
    ],
    [
      'the other half',
      { facets, statement: { ...statement, identity: '\ude00' } },
      'statement.identity',
      'not_allowed_characters',
    ],
    ['a field nobody knows', { facets, statement, colour: 'red' }, 'colour', 'unknown_field'],
    [
      'a field of a statement nobody knows',
      { facets, statement: { ...statement, nonce: 'x' } },
      'statement.nonce',
      'unknown_field',
    ],
    ['facets that are a list', { facets: [facets], statement }, 'facets', 'repeated'],
    ['facets that are text', { facets: 'danger=none', statement }, 'facets', 'invalid'],
    ['a facet nobody knows', { facets: { ...facets, mood: 'sad' }, statement }, 'facets.mood', 'unknown_field'],
    ['a code nobody knows', { facets: { ...facets, topic: 'aliens' }, statement }, 'facets.topic', 'unknown_code'],
    [
      'a facet with two codes',
      { facets: { ...facets, topic: ['tax', 'fraud'] }, statement },
      'facets.topic',
      'unknown_code',
    ],
    [
      'a facet of an inherited name',
      { facets: { ...facets, topic: 'constructor' }, statement },
      'facets.topic',
      'unknown_code',
    ],
    [
      'a subject that is the desk',
      { facets: { ...facets, about: 'triage' }, statement },
      'facets.about',
      'unknown_code',
    ],
    ['danger left open', { facets: { ...facets, danger: undefined }, statement }, 'facets.danger', 'required'],
    [
      'a destination nobody knows',
      { facets, statement, destination: 'atlantis' },
      'destination',
      'unknown_destination',
    ],
    [
      'a Minister as first receiver',
      { facets, statement, destination: 'minister_or_mp' },
      'destination',
      'unknown_destination',
    ],
    ['a destination that is null', { facets, statement, destination: null }, 'destination', 'required'],
    ['a delivery nobody knows', { facets, statement, delivery: 'pigeon' }, 'delivery', 'not_one_of'],
  ];

  it.each(fields)('%s is refused by name and code', async (_what, body, field, code) => {
    const response = await submit(app, body);
    const { status, errors } = await problem(response);
    expect({ status, errors }).toMatchObject({ status: 422 });
    expect(errors.map((error) => [error.field, error.code])).toContainEqual([field, code]);
  });

  it('is never said back, neither in the answer nor in its headers', async () => {
    const marked = 'zz-marked-zz';
    const body = {
      facets: { ...FACETS, topic: marked, [marked]: 'x' },
      statement: { whatHappened: marked, [`${marked} said`]: 1 },
    };
    const response = await submit(app, body);
    const said = JSON.stringify([...response.headers]) + (await response.text());
    expect(response.status).toBe(422);
    expect(said.replaceAll(`"field":"statement.${marked}?said"`, '')).not.toContain(marked);
  });

  const bodies: [what: string, body: string, status: number][] = [
    ['nothing', '', 400],
    ['no JSON', '{"facets":', 400],
    ['a list', '[]', 422],
    ['null', 'null', 422],
    ['text', '"words"', 422],
    ['a polluted prototype', '{"__proto__":{"danger":"none"}}', 400],
    ['brackets and nothing else', '['.repeat(100_000) + ']'.repeat(100_000), 400],
    ['a megabyte', JSON.stringify({ facets, statement: { whatHappened: 'a'.repeat(MEGABYTE) } }), 413],
    ['a hundred thousand facets', JSON.stringify({ facets: manyFields(), statement }), 422],
  ];

  it.each(bodies)('%s is refused as a whole, in few words', async (_what, body, status) => {
    const response = await submit(app, body);
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeLessThan(10_000);
  });

  it('is refused in another content type', async () => {
    const body = new URLSearchParams({ 'statement[whatHappened]': 'x' }).toString();
    const form = await submit(app, body, { 'content-type': 'application/x-www-form-urlencoded' });
    const xml = await submit(app, '<a/>', { 'content-type': 'application/xml' });
    expect([form.status, xml.status]).toEqual([422, 415]);
  });

  it('comes with headers without end and is cut off', async () => {
    const response = await submit(app, { facets, statement }, { 'x-much': 'a'.repeat(20_000) });
    expect(response.status).toBe(431);
  });

  const keys: [what: string, key: string | undefined][] = [
    ['missing', undefined],
    ['empty', ''],
    ['short', randomBytes(12).toString('base64url')],
    ['long', 'abcdefgh'.repeat(30)],
    ['plainly not random', 'a'.repeat(40)],
    ['two keys in one', `${newKey()}, ${newKey()}`],
    ['not of plain characters', `${newKey()}\u00e4`],
  ];

  it.each(keys)('an Idempotency-Key that is %s is refused by the header’s name', async (_what, key) => {
    const response = await fetch(`${app.publicOrigin}/api/v1/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: JSON.stringify({ facets, statement }),
    });
    const { status, errors } = await problem(response);
    expect({ status, fields: errors.map(({ field }) => field) }).toEqual({ status: 422, fields: ['Idempotency-Key'] });
  });

  it.each([
    ['danger', { danger: 'immediate' }],
    ['something classified', { classified: 'yes' }],
    ['something that might be classified', { classified: 'unsure' }],
  ])('%s is stopped', async (_what, answer) => {
    const response = await submit(app, { facets: { ...FACETS, ...answer }, statement });
    const { status, code } = await problem(response);
    expect({ status, code }).toEqual({ status: 422, code: 'stopped' });
  });

  it('comes from another site and is refused', async () => {
    const response = await submit(app, { facets, statement }, { 'sec-fetch-site': 'cross-site' });
    expect(response.status).toBe(403);
  });
});

function manyFields(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`f${i.toString(36)}`, 'x']));
}

describe('a key that may be sent again', () => {
  const body = { facets: FACETS, statement: { whatHappened: 'They cut my benefit.' } };

  it('gives one case and the same answer byte for byte, twenty times at once and once more', async () => {
    const key = newKey();
    const [{ n: before } = { n: 0 }] = await owner.rows<{ n: number }>('SELECT count(*)::int AS n FROM cases');
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(app, body, { 'idempotency-key': key })));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(texts).size).toBe(1);
    const later = await submit(app, body, { 'idempotency-key': key });
    expect(await later.text()).toBe(texts[0]);
    expect(await owner.rows('SELECT count(*)::int AS n FROM cases')).toEqual([{ n: before + 1 }]);
    expect(await owner.rows(`SELECT count(*)::int AS n FROM case_items`)).toEqual([{ n: before + 1 }]);
  });

  it('is refused with another body, later and at once', async () => {
    const key = newKey();
    const other = { ...body, statement: { whatHappened: 'Something else.' } };
    const both = await Promise.all([body, other].map((one) => submit(app, one, { 'idempotency-key': key })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const refused = both.find(({ status }) => status === 409);
    expect(refused && (await problem(refused)).code).toBe('idempotency_key_reused');
    const before = await owner.counts();
    const third = await submit(app, { ...body, delivery: 'triage_desk' }, { 'idempotency-key': key });
    expect({ status: third.status, code: (await problem(third)).code }).toEqual({
      status: 409,
      code: 'idempotency_key_reused',
    });
    expect(await owner.counts()).toEqual(before);
  });

  it('is free again after a day', async () => {
    const key = newKey();
    const first = (await (await submit(app, body, { 'idempotency-key': key })).json()) as { reference: string };
    await owner.rows(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    const answers = await Promise.all([1, 2, 3].map(() => submit(app, body, { 'idempotency-key': key })));
    const later = (await Promise.all(answers.map((answer) => answer.json()))) as { reference: string }[];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(later.map(({ reference }) => reference)).size).toBe(1);
    expect(later[0]?.reference).not.toBe(first.reference);
  });

  it('tells no more than the hour at which it was used, nor does the work that it promises', async () => {
    await owner.rows('DELETE FROM idempotency_keys');
    await owner.rows('DELETE FROM outbox');
    expect((await submit(app, body, { 'idempotency-key': newKey() })).status).toBe(201);
    expect(
      await owner.rows(
        `SELECT date_trunc('hour', expires_at) = expires_at AS whole, expires_at > now() + interval '23.9 hours' AS day
           FROM idempotency_keys`,
      ),
    ).toEqual([{ whole: true, day: true }]);
    expect(
      await owner.rows(`SELECT date_trunc('hour', due_at) = due_at AS whole, due_at <= now() AS due FROM outbox`),
    ).toEqual([{ whole: true, due: true }]);
  });

  it('lies nowhere, nor does the receipt it is answered with', async () => {
    const key = newKey();
    const { receipt = '' } = (await (await submit(app, body, { 'idempotency-key': key })).json()) as {
      receipt?: string;
    };
    const rows = await owner.rows<{ row: string }>('SELECT i::text AS row FROM idempotency_keys i');
    const all = rows.map(({ row }) => row).join('\n');
    expect(receipt.split(' ')).toHaveLength(8);
    expect(all).not.toContain(receipt);
    expect(all).not.toContain(key);
    expect(all).not.toContain(Buffer.from(key).toString('hex'));
  });
});

describe('the pages without a script', () => {
  it('lead to a receipt', async () => {
    const visitor = new Visitor(app);
    const decision = await visitor.walk(FACETS);
    expect(decision.text).toContain('Ministry of Social Development');
    expect((await visitor.submit('/decision', { way: 'send' })).location).toBe('/write');
    await visitor.get('/write');
    const receipt = await visitor.submit('/write', { whatHappened: 'Kua tapahia taku penihana.', identity: 'Ana' });
    expect(receipt.status).toBe(200);
    expect(/data-slot="receipt"[^>]*>([a-z -]+)</.exec(receipt.text)?.[1]?.split(' ')).toHaveLength(8);
  });

  it('that stop store nothing, not even the way there', async () => {
    const before = await owner.counts();
    for (const answers of [{ danger: 'immediate' }, { classified: 'yes' }, { classified: 'unsure' }]) {
      const visitor = new Visitor(app);
      await visitor.get('/');
      await visitor.get('/start');
      const first = await visitor.submit('/start', { danger: 'danger' in answers ? 'immediate' : 'none' });
      const last = 'danger' in answers ? first : await visitor.submit('/start/classified', answers);
      expect(last.status).toBe(200);
      expect(last.text).toContain('danger' in answers ? 'tel:111' : 'Inspector-General');
      expect([...visitor.cookies.keys()].filter((name) => name.endsWith('draft'))).toEqual([]);
    }
    expect(await owner.counts()).toEqual(before);
  });

  it('take every answer they offer, "not sure" among them', async () => {
    const visitor = new Visitor(app);
    await visitor.get('/start');
    await visitor.submit('/start', { danger: 'none' });
    let { location } = await visitor.submit('/start/classified', { classified: 'no' });
    while (location !== null && location !== '/decision') {
      const { text } = await visitor.get(location);
      const codes = [...text.matchAll(/name="answer" type="radio" value="([^"]+)"/g)].map(([, code = '']) => code);
      expect(codes.some((code) => code === 'unknown' || code === 'unsure')).toBe(true);
      let next = null;
      for (const code of codes.slice(0, 4).concat(codes.slice(-2), 'unknown')) {
        const answered = await visitor.submit(location, { answer: code });
        expect({ location, code, status: answered.status }).toEqual({ location, code, status: 303 });
        next = answered.location;
      }
      location = next;
    }
    expect((await visitor.get('/decision')).status).toBe(200);
  });

  const answers: [what: string, question: string, answer: string | string[]][] = [
    ['nothing', 'relationship', ''],
    ['a code nobody knows', 'topic', 'aliens'],
    ['a code of another question', 'topic', 'worker'],
    ['two codes', 'topic', ['tax', 'fraud']],
    ['an inherited name', 'stage', 'constructor'],
    ['words', 'about', 'my neighbour 😀'],
    ['the desk itself', 'about', 'triage'],
    ['their own organisation', 'about', 'own_organisation'],
    ['a hundred thousand characters', 'when', 'a'.repeat(100_000)],
  ];

  it.each(answers)(
    'refuse %s as an answer at the question, and keep the answers before',
    async (_what, question, answer) => {
      const visitor = new Visitor(app);
      await visitor.walk(FACETS);
      await visitor.get(`/questions/${question}`);
      const before = await owner.rows('SELECT * FROM sealed_sessions ORDER BY id_hash');
      const page = await visitor.submit(`/questions/${question}`, { answer });
      expect(page.status).toBe(422);
      expect(blamedOn(page)).toEqual(['answer']);
      expect(await owner.rows('SELECT * FROM sealed_sessions ORDER BY id_hash')).toEqual(before);
      expect((await visitor.get('/decision')).status).toBe(200);
    },
  );

  it('have no other questions', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    expect((await visitor.get('/questions/danger')).status).toBe(404);
    expect((await visitor.get('/questions/__proto__')).status).toBe(404);
  });

  it('lead back to the start where there is no journey', async () => {
    for (const path of ['/questions/topic', '/decision', '/write', '/pack']) {
      expect((await new Visitor(app).get(path)).location).toBe('/start');
    }
  });

  it.each([
    ['a way nobody knows', { way: 'pigeon' }, 'way'],
    ['no way', {}, 'way'],
    ['an agency nobody knows', { way: 'change', destination: 'atlantis' }, 'destination'],
    ['a Minister', { way: 'send', destination: 'minister_or_mp' }, 'destination'],
    ['two agencies', { way: 'change', destination: ['msd', 'hrc'] }, 'destination'],
  ])('refuse %s at the decision, and stay there', async (_what, fields, blame) => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    const sent: Record<string, string | string[]> = { way: '', destination: '', ...fields };
    const page = await visitor.submit('/decision', sent);
    expect(page.status).toBe(422);
    expect(blamedOn(page)).toEqual([blame]);
    expect((await visitor.get('/decision')).text).toContain('Ministry of Social Development');
  });

  it('send what the rules do not settle to the desk, unless the person chooses', async () => {
    const visitor = new Visitor(app);
    const { text } = await visitor.walk({ ...FACETS, about: 'unknown', topic: 'unknown', stage: 'unknown' });
    expect(text).toContain('A person has to decide where it goes');
    await visitor.submit('/decision', { way: 'change', destination: 'msd' });
    expect((await visitor.get('/decision')).text).toMatch(/Write to\s+(?:The )?Ministry of Social Development/);
  });

  const words: [what: string, fields: Record<string, string | string[]>, blame: string][] = [
    ['nothing', { whatHappened: '' }, 'whatHappened'],
    ['blanks', { whatHappened: ' \r\n\t ' }, 'whatHappened'],
    ['too much', { whatHappened: 'a'.repeat(20_001) }, 'whatHappened'],
    [
      'too much all together',
      {
        whatHappened: MUCH,
        outcomeSought: MUCH,
        who: '"'.repeat(2000),
        when: '"'.repeat(2000),
        where: '"'.repeat(2000),
      },
      'whatHappened',
    ],
    ['a control character', { whatHappened: 'He said \u0007' }, 'whatHappened'],
    ['a detail too long', { whatHappened: 'Words', who: 'ā'.repeat(2001) }, 'who'],
    ['an address that is none', { whatHappened: 'Words', notify: 'me at home' }, 'notify'],
    ['a field twice', { whatHappened: 'Words', where: ['here', 'there'] }, 'where'],
    ['a field nobody knows', { whatHappened: 'Words', colour: 'red' }, 'colour'],
    ['a forged key', { whatHappened: 'Words', idempotencyKey: 'short' }, 'idempotencyKey'],
  ];

  it.each(words)('refuse %s, name the field and keep what was typed', async (_what, fields, blame) => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    await visitor.get('/write');
    const typed = {
      who: 'Hōne <b>& “Ana”</b>',
      when: 'أمس',
      where: 'Te Whanganui-a-Tara 🏛️',
      outcomeSought: 'Whakatikahia "tēnei"',
      identity: 'Ana',
      ...fields,
    };
    const before = await owner.counts();
    const page = await visitor.submit('/write', typed);
    expect({ status: page.status, blamed: blamedOn(page) }).toEqual({ status: 422, blamed: [blame] });
    for (const [name, value] of Object.entries(typed)) {
      if (typeof value === 'string' && !['idempotencyKey', 'colour'].includes(name)) {
        expect({ name, held: held(page, name)?.trim() }).toEqual({ name, held: value.trim() });
      }
    }
    expect(await owner.counts()).toEqual(before);
    // What is wrong is put right, and then it is taken.
    const others = Object.fromEntries(Object.entries(typed).filter(([name]) => name !== 'idempotencyKey'));
    const right = { ...others, whatHappened: 'Words', outcomeSought: '', who: '', where: '', notify: '' };
    expect((await visitor.submit('/write', right)).status).toBe(blame === 'colour' ? 422 : 200);
  });

  it('refuse a form of a megabyte, show its words again, and store nothing', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    await visitor.get('/write');
    const before = await owner.counts();
    const page = await visitor.submit('/write', { whatHappened: 'a'.repeat(MEGABYTE) });
    expect(page.status).toBe(422);
    expect(page.text).toContain('href="#whatHappened"');
    expect(page.text).toContain('a'.repeat(MEGABYTE));
    expect((await visitor.submit('/write', { whatHappened: 'a'.repeat(3 * MEGABYTE) })).status).toBe(413);
    expect(await owner.counts()).toEqual(before);
  });

  it('refuse a form without its token, wherever it goes, and show the words again', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    await visitor.get('/write');
    const before = await owner.counts();
    for (const path of ['/start', '/start/classified', '/questions/topic', '/decision', '/write']) {
      for (const token of ['', '&_csrf=', `&_csrf=${newKey()}`]) {
        const page = await visitor.post(path, `whatHappened=Kept+words${token}`);
        expect({ path, status: page.status }).toEqual({ path, status: 403 });
        expect(page.text).toContain('Kept words');
      }
    }
    expect(await owner.counts()).toEqual(before);
  });

  it('refuse a form from another site and show nothing of it', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    const before = await owner.counts();
    const page = await visitor.post('/write', 'whatHappened=Planted', { 'sec-fetch-site': 'cross-site' });
    expect(page.status).toBe(403);
    expect(page.text).not.toContain('Planted');
    expect(await owner.counts()).toEqual(before);
  });

  it('show the words again where the journey has ended meanwhile', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    await visitor.get('/write');
    await owner.rows('DELETE FROM sealed_sessions');
    const page = await visitor.submit('/write', { whatHappened: 'Still here' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('Still here');
  });

  it('lodge once however often the same form is sent', async () => {
    const visitor = new Visitor(app);
    await visitor.walk(FACETS);
    await visitor.get('/write');
    const form = { whatHappened: 'Once' };
    const [{ n: before } = { n: 0 }] = await owner.rows<{ n: number }>('SELECT count(*)::int AS n FROM cases');
    const { cookies } = visitor;
    const pages = await Promise.all([visitor.submit('/write', form), visitor.submit('/write', form)]);
    const references = pages.map(({ text }) => /data-slot="reference">([^<]+)</.exec(text)?.[1]);
    expect(cookies.size).toBeGreaterThan(0);
    expect(references[0]).toMatch(/^.{4}-.{4}-.{3}$/);
    expect(new Set(references).size).toBe(1);
    expect(await owner.rows('SELECT count(*)::int AS n FROM cases')).toEqual([{ n: before + 1 }]);
  });
});

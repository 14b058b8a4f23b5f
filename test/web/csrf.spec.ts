import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookiesOf, serve, type Served, tokenIn } from './shell.js';
import { TryModule } from './try.module.js';

let served: Served;
let cookie: string;
let token: string;
beforeAll(async () => {
  served = await serve(TryModule);
  const page = await fetch(`${served.publicOrigin}/form`);
  cookie = cookiesOf(page);
  token = tokenIn(await page.text());
});
afterAll(() => served.close());

function send(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${served.publicOrigin}/form`, { method: 'POST', body: new URLSearchParams(fields), headers });
}

describe('a form', () => {
  it('is taken with its token, which the verb does not see', async () => {
    const answer = await send({ words: 'kia ora', _csrf: token }, { cookie, 'sec-fetch-site': 'same-origin' });
    expect([answer.status, await answer.json()]).toEqual([200, { words: 'kia ora' }]);
  });

  it.each([
    ['no token', {}, () => cookie],
    ['a wrong token', { _csrf: 'A'.repeat(43) }, () => cookie],
    ['a token without its cookie', { _csrf: '' }, () => ''],
    ["somebody else's cookie", { _csrf: '' }, () => `csrf=${'B'.repeat(43)}`],
  ])('is refused with %s, and gives back what was written', async (_what, wrong: { _csrf?: string }, cookies) => {
    const sent = { words: 'my "own" words', ...(wrong._csrf === '' ? { _csrf: token } : wrong) };
    const answer = await send(sent, { cookie: cookies(), 'sec-fetch-site': 'same-origin' });
    const page = await answer.text();
    expect(answer.status).toBe(403);
    expect(page).toContain('Please send this again');
    expect(page).toContain('name="words" value="my &quot;own&quot; words"');
    const again = await send(
      { words: 'kia ora', _csrf: tokenIn(page) },
      { cookie: [cookies(), cookiesOf(answer)].filter(Boolean).join('; '), 'sec-fetch-site': 'same-origin' },
    );
    expect(again.status).toBe(200);
  });

  it.each([
    ['the browser says so', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the same site sent it', { 'sec-fetch-site': 'same-site' }],
    ['its origin is another', { origin: 'https://evil.test' }],
  ])('is refused from another website even with its token: %s', async (_why, headers) => {
    const answer = await send({ words: 'kia ora', _csrf: token }, { cookie, ...headers });
    const page = await answer.text();
    expect(answer.status).toBe(403);
    expect(page).toContain('another website');
    expect(page).not.toContain('kia ora');
  });

  it('is refused when a field comes twice, naming it, with the words kept', async () => {
    const body = new URLSearchParams([
      ['words', 'one'],
      ['words', 'two'],
      ['_csrf', token],
    ]);
    const answer = await fetch(`${served.publicOrigin}/form`, { method: 'POST', body, headers: { cookie } });
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(page).toContain('<a href="#words">Give this only once.</a>');
    expect(page).toContain('>one</pre>');
  });

  it('has no prototype that a field could pollute', async () => {
    const answer = await send({ words: 'a', ['__proto__']: 'polluted', _csrf: token }, { cookie });
    expect(answer.status).toBe(400);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('calls', () => {
  it('of the public API need no token, having no cookie to abuse, but refuse other websites', async () => {
    const call = (headers: Record<string, string>) =>
      fetch(`${served.publicOrigin}/api/told`, {
        method: 'POST',
        body: '{"words":"a"}',
        headers: { 'content-type': 'application/json', ...headers },
      });
    expect((await call({})).status).toBe(201);
    expect((await call({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('of staff pages send the token as a header', async () => {
    const page = await fetch(`${served.staffOrigin}/staff`);
    const meta = /name="csrf-token" content="([\w-]+)"/.exec(await page.text())?.[1] ?? '';
    const act = (headers: Record<string, string>) =>
      fetch(`${served.staffOrigin}/staff/api/act`, {
        method: 'POST',
        headers: { cookie: cookiesOf(page), ...headers },
      });
    expect((await act({ 'x-csrf-token': meta })).status).toBe(201);
    const refused = await act({});
    expect([refused.status, refused.headers.get('content-type')]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { until } from '../support/until.js';
import { serve, type Served } from './shell.js';
import { TryModule } from './try.module.js';

let served: Served;
beforeAll(async () => {
  served = await serve(TryModule);
});
afterAll(() => served.close());

const JSON_TYPE = { 'content-type': 'application/json' };

interface Told {
  status: number;
  code: string;
  errors: { field: string; code: string; message: string }[];
  correlation: string;
}

async function tell(
  body: string,
  headers: Record<string, string> = JSON_TYPE,
): Promise<{ status: number; told: Told; text: string }> {
  const response = await fetch(`${served.publicOrigin}/api/told`, { method: 'POST', headers, body });
  const text = await response.text();
  return { status: response.status, told: JSON.parse(text) as Told, text };
}

function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(served.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
  });
}

describe('what cannot be used', () => {
  it('names an unknown field, however deep', async () => {
    const { status, told } = await tell('{"words":"a","more":1,"items":[{"jwe":"a"},{"jwe":"b","secret":2}]}');
    expect(status).toBe(422);
    expect(told.errors.map(({ field, code }) => [field, code])).toEqual([
      ['more', 'unknown_field'],
      ['items.1.secret', 'unknown_field'],
    ]);
  });

  it('names each wrong field and repeats nothing of it', async () => {
    const { status, told, text } = await tell('{"words":"sentinel-words","answer":"sentinel","items":[{"jwe":7}]}');
    expect(status).toBe(422);
    expect(told.errors.map(({ field, code }) => [field, code])).toEqual([
      ['words', 'too_long'],
      ['answer', 'not_one_of'],
      ['items.0.jwe', 'not_text'],
    ]);
    expect(text).not.toContain('sentinel');
  });

  it.each([
    ['{}', 'words', 'required'],
    ['{"words":["a","b"]}', 'words', 'repeated'],
    ['{"words":"a\\u0000b"}', 'words', 'not_allowed_characters'],
    ['{"words":"\\ud800"}', 'words', 'not_allowed_characters'],
    ['[]', '', 'required'],
    ['null', '', 'required'],
    ['"text"', '', 'required'],
  ])('says of %s that "%s" is %s', async (body, field, code) => {
    const { status, told } = await tell(body);
    expect(status).toBe(422);
    expect(told.errors).toEqual([{ field, code, message: expect.any(String) }]);
  });

  it('takes emoji, right-to-left text and macrons', async () => {
    for (const words of ['👩‍👩‍👧', '🙂🙂', 'שלום', 'Āēīōū', 'a\tb\r\nc']) {
      expect((await tell(JSON.stringify({ words }))).status).toBe(201);
    }
  });

  it.each([
    ['not JSON', '{"words":', JSON_TYPE, 400, 'not_json'],
    ['nothing', '', JSON_TYPE, 400, 'not_json'],
    ['a polluted prototype', '{"words":"a","__proto__":{"admin":true}}', JSON_TYPE, 400, 'not_json'],
    ['a polluted constructor', '{"words":"a","constructor":{"prototype":{"x":1}}}', JSON_TYPE, 400, 'not_json'],
    ['nothing but brackets', `{"words":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, JSON_TYPE, 400, 'too_deep'],
    ['too much', JSON.stringify({ words: 'a'.repeat(1_000_000) }), JSON_TYPE, 413, 'too_large'],
    ['another media type', '<words/>', { 'content-type': 'text/xml' }, 415, 'media_type'],
    ['plain text', '{"words":"a"}', { 'content-type': 'text/plain' }, 415, 'media_type'],
  ])('refuses %s', async (_what, body, headers, status, code) => {
    const answer = await tell(body, headers);
    expect([answer.status, answer.told.code]).toEqual([status, code]);
    expect(answer.text).not.toContain('admin');
  });

  it('refuses headers without end', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\nCookie: a=${'b'.repeat(40_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"headers_too_large"');
    expect(answer).not.toContain('bbb');
  });

  it('refuses what is not HTTP, and an address that cannot be read', async () => {
    expect(await raw('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const answer = await raw('GET /%zz-sentinel HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"bad_url"');
    expect(answer.toLowerCase()).toContain("content-security-policy: default-src 'none'");
    expect(answer).not.toContain('sentinel');
  });
});

describe('what went wrong', () => {
  it("says nothing of a driver's error but an id, which the log knows too, also without the parameters", async () => {
    const response = await fetch(`${served.publicOrigin}/fails/driver`, { headers: { accept: 'application/json' } });
    const text = await response.text();
    const told = JSON.parse(text) as Told;
    expect([response.status, told.code]).toEqual([500, 'unexpected']);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(text).not.toContain('sentinel');
    const line = served.logged.find((one) => one.includes('request.failed') && one.includes(told.correlation)) ?? '';
    expect(line).toContain('QueryFailedError');
    expect(line).toContain('try.module');
    expect(served.logged.join('')).not.toContain('sentinel');
  });

  it('shows the same page for what is missing, what is forbidden and what never was', async () => {
    const bodies = await Promise.all(
      ['/fails/forbidden', '/fails/missing', '/never/was', '/staff'].map(async (path) => {
        const response = await fetch(served.publicOrigin + path);
        expect(response.status).toBe(404);
        return (await response.text()).replace(/back=[^"]*/g, '');
      }),
    );
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain('Page not found');
  });

  it('tells a conflict by its own code', async () => {
    const response = await fetch(`${served.publicOrigin}/fails/conflict`, { headers: { accept: 'application/json' } });
    expect(await response.json()).toMatchObject({
      status: 409,
      code: 'moved_on',
      title: 'Conflict',
      type: 'about:blank',
    });
  });

  it('logs nothing of what the public asks for where nothing failed, at any level', async () => {
    const lines = () => served.logged.filter((line) => line.includes('"event":"request"'));
    const before = lines().length;
    expect((await fetch(`${served.publicOrigin}/fails/missing`)).status).toBe(404);
    expect((await fetch(`${served.publicOrigin}/health/live`)).status).toBe(200);
    await fetch(`${served.staffOrigin}/staff/nowhere`);
    await until('staff are logged', () => lines().length > before);
    expect(lines().slice(before)).toEqual([expect.stringContaining('"route":"unmatched"')]);
  });

  it('logs patterns and never addresses, queries or browsers', async () => {
    await fetch(`${served.publicOrigin}/fails/sentinel-path?q=sentinel-query`, {
      headers: { 'user-agent': 'sentinel-agent', 'x-forwarded-for': '203.0.113.77' },
    });
    await fetch(`${served.publicOrigin}/nowhere/sentinel?q=sentinel-query`);
    const log = served.logged.join('');
    expect(log).toContain('"route":"/fails/:how"');
    expect(log).not.toMatch(/sentinel|203\.0\.113|127\.0\.0\.1/);
  });
});

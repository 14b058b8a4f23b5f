import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, serve, type Served } from './shell.js';
import { TryModule } from './try.module.js';

let served: Served;
beforeAll(async () => {
  served = await serve(TryModule);
});
afterAll(() => served.close());

describe('the headers of an answer', () => {
  it('lets scripts come from this site and nowhere else', async () => {
    const { headers } = await fetch(served.publicOrigin);
    const policy = (headers.get('content-security-policy') ?? '').split(';').map((part) => part.trim());
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ]),
    );
    expect(policy.join()).not.toContain('unsafe');
  });

  it('lets WebAssembly compile only where a page asks for it', async () => {
    const stretching = await fetch(`${served.staffOrigin}/staff/unlock`);
    const other = await fetch(`${served.staffOrigin}/staff`);
    expect(stretching.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(other.headers.get('content-security-policy')).not.toContain('wasm');
  });

  it.each(['/', '/fails/driver', '/nothing-here', '/api/nothing'])(
    'keeps %s out of caches and other sites',
    async (path) => {
      const { headers } = await fetch(served.publicOrigin + path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-frame-options')).toBe('DENY');
      // A list of features and the empty list of who may (RFC 9651, dictionary of inner lists).
      expect(headers.get('permissions-policy')).toMatch(/^[a-z-]+=\(\)(?:, [a-z-]+=\(\))*$/);
      expect(headers.get('permissions-policy')).toContain('geolocation=()');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.has('server') || headers.has('x-powered-by')).toBe(false);
    },
  );

  it('shows search engines the front door only', async () => {
    expect((await fetch(served.publicOrigin)).headers.get('x-robots-tag')).toBeNull();
    expect((await fetch(`${served.publicOrigin}/privacy`)).headers.get('x-robots-tag')).toContain('noindex');
  });

  it('keeps an asset for good when it is asked for by its hash, and asks again otherwise', async () => {
    const page = await (await fetch(served.publicOrigin)).text();
    const href = /href="(\/assets\/web-main\.css\?v=[\w-]+)"/.exec(page)?.[1] ?? '';
    const hashed = await fetch(served.publicOrigin + href);
    expect(hashed.status).toBe(200);
    expect(hashed.headers.get('cache-control')).toContain('immutable');
    const bare = await fetch(`${served.publicOrigin}/assets/web-main.css`);
    expect(bare.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${served.publicOrigin}/assets/manifest.json`)).status).toBe(200);
  });

  it('promises https, and binds cookies to the host, where the origin is https', async () => {
    const https = await serve(TryModule, {
      PUBLIC_ORIGIN: 'https://onedoor.test',
      STAFF_ORIGIN: 'https://staff.onedoor.test',
    });
    try {
      const answer = await ask(https, '/form', 'onedoor.test');
      expect(answer.headers['strict-transport-security']).toContain('max-age=31536000');
      expect(answer.headers['set-cookie']?.join()).toMatch(
        /^__Host-csrf=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
    } finally {
      await https.close();
    }
  });

  it('are all there, the same, on redirects, assets and what is not there', async () => {
    const page = await fetch(served.publicOrigin);
    const names = [
      'content-security-policy',
      'cross-origin-opener-policy',
      'cross-origin-embedder-policy',
      'cross-origin-resource-policy',
      'permissions-policy',
      'referrer-policy',
      'x-content-type-options',
      'x-frame-options',
    ];
    for (const path of ['/leave', '/language?to=mi', '/assets/web-main.css', '/assets/nothing.css', '/health/live']) {
      const { headers } = await fetch(served.publicOrigin + path, { redirect: 'manual' });
      for (const name of names) expect([path, name, headers.get(name)]).toEqual([path, name, page.headers.get(name)]);
    }
  });
});

describe('leaving at once', () => {
  const leave = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${served.publicOrigin}/leave`, {
      redirect: 'manual',
      headers: { cookie: 'csrf=one; onedoor-mailbox=two', ...headers },
    });

  it('needs no script: the browser forgets pages, storage and our cookies on the way to somewhere else', async () => {
    for (const site of ['same-origin', 'none']) {
      const { status, headers } = await leave({ 'sec-fetch-site': site });
      expect([status, headers.get('location')]).toEqual([303, 'https://www.metservice.com/']);
      expect(headers.get('clear-site-data')).toBe('"cache", "storage"');
      expect(headers.getSetCookie().map((line) => line.replace(/; .*/, ''))).toEqual(['csrf=', 'onedoor-mailbox=']);
      for (const line of headers.getSetCookie()) expect(line).toContain('Max-Age=0');
    }
    const page = await (await fetch(served.publicOrigin)).text();
    expect(page).toMatch(/href="\/leave"[^>]* data-away="https:\/\/www\.metservice\.com\/"/);
  });

  it('is not done to somebody by another site', async () => {
    const { status, headers } = await leave({ 'sec-fetch-site': 'cross-site' });
    expect([status, headers.get('clear-site-data'), headers.getSetCookie()]).toEqual([303, null, []]);
  });
});

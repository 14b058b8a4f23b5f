import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HostClient } from './behind-https.js';
import { Caller, type Answer, type Sent } from './caller.js';
import { addressesIn, ELSEWHERE, EVERY_PLACE, hostileText, inHeader, type Place } from './hostile.js';
import { openScene, type Scene } from './scene.js';
import { asked, asSent, EVERY_ROUTE, pathOf, sendingOf, withAny, type Route } from './walk.js';
import { People } from './people.js';

/* What is true of every answer of every route, whoever asks and whatever they put where. */

let scene: Scene;
let people: People;
beforeAll(async () => {
  scene = await openScene();
  people = new People(scene);
});
afterAll(() => scene.close());

const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'";
const ALWAYS = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};
/** Open data that programs of other sites may read. */
const FOR_OTHER_SITES = ['GET /open-data/data.json', 'GET /open-data/catalogue.jsonld', 'GET /open-data/releases.atom'];
/** What is published for everybody, and nobody in particular. */
const KEPT = new Set(['GET /api/v1/routing/rules', ...FOR_OTHER_SITES]);
/** Pages on which a passphrase is stretched, and a form that asks for it once more. */
const MAY_COMPILE = /^\/staff\/(?:sign-in|join|unlock|recover|step-up|ways-in|new-keys|keys\/recovery)/;

/** What ends the session of whoever asks. */
const lasting = EVERY_ROUTE.filter(({ last }) => !last);

function originOf({ pattern }: Route): string {
  return pattern.startsWith('/staff') ? scene.staffOrigin : scene.publicOrigin;
}

describe('every answer', () => {
  it('may be framed by nobody, kept by nobody and read by no other site, and runs no script but ours', async () => {
    for (const route of lasting) {
      for (const who of [await people.oneWhoMay(route), scene.nobody()]) {
        const answer = await who.call(route.method, pathOf(asked(route), scene.things), sendingOf(route, scene.things));
        const { 'content-security-policy': policy = '', ...headers } = answer.headers;
        const found = Object.fromEntries(Object.keys(ALWAYS).map((name) => [name, headers[name]]));
        const readers = FOR_OTHER_SITES.includes(route.name) ? { 'cross-origin-resource-policy': 'cross-origin' } : {};
        expect([route.name, found]).toEqual([route.name, { ...ALWAYS, ...readers }]);
        const caching = KEPT.has(route.name) ? /^(?:no-store|public, (?:no-cache|max-age=\d+))$/ : /^no-store$/;
        expect([route.name, headers['cache-control']]).toEqual([route.name, expect.stringMatching(caching)]);
        const wasm = policy.includes(" 'wasm-unsafe-eval'");
        expect([route.name, policy.replace(" 'wasm-unsafe-eval'", '')]).toEqual([route.name, POLICY]);
        if (wasm) expect(route.pattern).toMatch(MAY_COMPILE);
      }
    }
  });

  it('leads nowhere else and sets nothing, whatever is put into a parameter, a query, a field, a header or a cookie', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVERY_PLACE), hostileText, async (place, text) => {
        if (place.route.last) return;
        const caller = await people.oneWhoMay(place.route);
        expectHarmless(place.route, await put(caller, place, text));
      }),
      { numRuns: 300 },
    );
  });

  it('does so at every route, with the same in all of its places at once', async () => {
    const text = `//${ELSEWHERE}/"\r\nset-cookie: planted=1`;
    for (const route of lasting) {
      const places = EVERY_PLACE.filter((place) => place.route === route && place.kind !== 'cookie');
      const caller = await people.oneWhoMay(route);
      expectHarmless(route, await put(caller, { route, kind: 'parameter', name: '' }, text));
      const query = new URLSearchParams(
        places.filter(({ kind }) => kind === 'query').map(({ name }): [string, string] => [name, text]),
      );
      const fields = Object.fromEntries(
        places.filter(({ kind }) => kind === 'field').map(({ name }) => [name, text] as const),
      );
      const headers = Object.fromEntries(
        places.filter(({ kind }) => kind === 'header').map(({ name }) => [name, inHeader(text)] as const),
      );
      const sent = route.method === 'GET' ? {} : asSent(route, fields);
      const path = `${pathOf(asked(route), scene.things)}?${query.toString()}`;
      expectHarmless(route, await caller.call(route.method, path, { ...sent, headers }));
    }
  });

  it('is none to a host that we do not have, nor names it', async () => {
    const stranger = new HostClient(Number(new URL(scene.staffOrigin).port), ELSEWHERE);
    for (const route of EVERY_ROUTE.filter(({ method }) => method === 'GET')) {
      const { status, location = '', text } = await stranger.get(pathOf(withAny(route), scene.things));
      const shared = /^\/(?:health|language)/.test(route.pattern);
      expect([route.name, shared || status === 404]).toEqual([route.name, true]);
      expect(location + text).not.toContain(ELSEWHERE);
    }
  });
});

/** Asks for a route with this text in one place of it, and what is right in every other. */
function put(caller: Caller, { route, kind, name }: Place, text: string): Promise<Answer> {
  const right = sendingOf(route, scene.things);
  const path = pathOf(asked(route), scene.things);
  const ask = (where: string, sent: Sent): Promise<Answer> => caller.call(route.method, where, sent);
  switch (kind) {
    case 'parameter': {
      const pattern = route.pattern.replace(name === '' ? /:\w+/ : name, encodeURIComponent(text));
      return ask(pathOf(asked({ ...route, pattern }), scene.things), right);
    }
    case 'query':
      return ask(`${path}?${new URLSearchParams([[name, text]]).toString()}`, right);
    case 'field':
      return ask(path, asSent(route, { ...(right.json ?? right.form), [name]: text }));
    case 'header':
      return ask(path, { ...right, headers: { [name]: inHeader(text) } });
    case 'cookie': {
      const also = new Caller(scene, { ...caller.cookies, [name]: encodeURIComponent(text) });
      also.csrf = caller.csrf;
      return also.call(route.method, path, right);
    }
  }
}

const COOKIES = /^(?:csrf|lang|draft|mailbox|onedoor-[a-z-]+)$/;

function expectHarmless(route: Route, { status, headers, body, setCookies }: Answer): void {
  const origin = originOf(route);
  const { location, ...others } = headers;
  expect([route.name, status < 500 || status === 503]).toEqual([route.name, true]);
  if (location !== undefined && route.name !== 'GET /leave') {
    expect([route.name, new URL(location, origin).origin]).toEqual([route.name, origin]);
  }
  expect([route.name, JSON.stringify(others).includes(ELSEWHERE)]).toEqual([route.name, false]);
  expect([route.name, 'x-injected' in headers]).toEqual([route.name, false]);
  for (const line of setCookies) {
    expect(line.split('=', 1)[0]).toMatch(COOKIES);
    expect(line).not.toMatch(/domain=/i);
  }
  if (!headers['content-type']?.startsWith('text/html')) return;
  for (const address of addressesIn(body)) {
    // What names no host and no scheme is a path of ours, wherever it stands.
    const leads = /^[\s\0]*(?:[\\/]{2}|[a-z][a-z\d+.-]*:)/i.test(address) && address.includes(ELSEWHERE);
    expect([route.name, leads, address]).toEqual([route.name, false, address]);
  }
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Caller, type Answer, type Sent } from './caller.js';
import { ROUTES, type Who } from './route-table.js';
import { AGENCIES, openScene, type Scene, type Things } from './scene.js';
import { EVERY_ROUTE, noThings, pathOf, sendingOf, told, withAny, type Route } from './walk.js';

let scene: Scene;
const people = new Map<Who, Caller>();
beforeAll(async () => {
  scene = await openScene();
  for (const agency of AGENCIES) {
    for (const role of scene.rolesAt(agency)) people.set(`${role}@${agency}`, await scene.as(agency, role));
  }
});
afterAll(() => scene.close());

const routes = EVERY_ROUTE;
const changing = routes.filter(({ method }) => method !== 'GET');
const forSome = routes.filter(({ may }) => Array.isArray(may));
const behindSignIn = routes.filter(({ may }) => may !== 'public' && may !== 'before signing in');

function call(caller: Caller, route: Route, ids: Things): Promise<Answer> {
  return caller.call(route.method, pathOf(route, ids), sendingOf(route, scene.things));
}

/** The answer to whoever asks for what never was, and sends the same there. */
async function nothing(route: Route): Promise<object> {
  const where = route.pattern.startsWith('/staff/api/') ? '/staff/api/never/was' : '/staff/never/was';
  return told(await someone().call(route.method, where, sendingOf(route, scene.things)));
}

function someone(who: Who = 'admin@msd'): Caller {
  const caller = people.get(who);
  if (!caller) throw new Error(`There is no ${who}.`);
  return caller;
}

/** Asks for all of these people at once. */
async function askAs(who: readonly Who[], route: Route, ids: Things): Promise<[Who, Answer][]> {
  return Promise.all(who.map(async (one): Promise<[Who, Answer]> => [one, await call(someone(one), route, ids)]));
}

async function expectNothing(who: readonly Who[], route: Route, ids: Things): Promise<void> {
  const expected = await nothing(route);
  for (const [one, answer] of await askAs(who, route, ids)) {
    expect([route.name, one, told(answer)]).toEqual([route.name, one, expected]);
  }
}

/** Who may call a route, of everybody. */
function allowed({ may }: Route): Who[] {
  return may === 'signed in' ? [...people.keys()] : [...people.keys()].filter((who) => may.includes(who));
}

describe('the table of routes', () => {
  it('names every route there is, and none that is not', () => {
    expect(Object.keys(ROUTES).sort()).toEqual([...scene.routes].sort());
  });

  it('lets nobody near a case who reads none by their role: no administrator, auditor, analyst or lead of the system', () => {
    const NO_CASE = /^(?:admin|auditor|analyst|system_lead)@/;
    const ofCases = /\/(?:cases|referrals|inbox|disclosures|overdue)(?:\/|$)/;
    const near = routes.filter(({ pattern }) => pattern.startsWith('/staff/') && ofCases.test(pattern));
    expect(near.length).toBeGreaterThan(40);
    for (const { name, may } of near) {
      const letIn = may instanceof Array ? may.filter((who: Who) => NO_CASE.test(who)) : may;
      expect([name, letIn]).toEqual([name, []]);
    }
  });

  it('keeps every public route off the staff host, and every staff route off the public one', async () => {
    const swapped = new Caller({ publicOrigin: scene.staffOrigin, staffOrigin: scene.publicOrigin });
    const shared = /^\/(?:health|language)/;
    for (const route of routes.filter(({ pattern, method }) => method === 'GET' && !shared.test(pattern))) {
      const path = route.pattern.replace(/:\w+/g, 'x');
      if (path === '/') continue; // The front door of the staff host leads to the staff's own.
      expect([route.name, (await swapped.call('GET', path)).status]).toEqual([route.name, 404]);
    }
  });
});

describe('forced browsing', () => {
  it('gets nobody who is not signed in past the sign-in page', async () => {
    const nobody = await Caller.begin(scene);
    for (const route of behindSignIn) {
      const { status, headers, body } = await call(nobody, { ...route, sends: {} }, scene.things);
      const page = route.method === 'GET' && !route.pattern.includes('/api/');
      expect([route.name, status]).toEqual([route.name, page ? 303 : 401]);
      if (page) expect(headers.location).toMatch(/^\/staff\/sign-in\?next=/);
      else expect(body).toContain('sign');
    }
  });

  it('finds for every role that may not exactly what it finds where nothing is, whoever has the thing', async () => {
    for (const route of forSome) {
      const may = allowed(route);
      await expectNothing(
        [...people.keys()].filter((who) => !may.includes(who)),
        route,
        scene.things,
      );
    }
  }, 480_000);

  it('finds no disclosure for anybody but the one it was granted to', async () => {
    const ids = { ...scene.things, complaint: scene.things.disclosure };
    const others: Who[] = ['officer@msd', 'lead@msd', 'admin@msd', 'disclosure_officer@ird', 'admin@triage'];
    for (const route of forSome.filter(({ pattern }) => pattern.includes('/cases/:id'))) {
      await expectNothing(others, route, ids);
    }
    const page = await someone('disclosure_officer@msd').call('GET', `/staff/cases/${ids.complaint}`);
    expect(page.status).toBe(200);
  });

  it('finds for those who may something, and for them too nothing where nothing is', async () => {
    // What is only looked at comes first, so that what is done does not take it away.
    const order = ({ method, last }: Route): number => (last ? 2 : method === 'GET' ? 0 : 1);
    for (const route of [...behindSignIn].sort((one, other) => order(one) - order(other))) {
      // Of a person without keys there are none to be given out.
      const own = route.pattern.endsWith('/own-keys');
      const may = allowed(route).filter((who) => !own || who === 'disclosure_officer@msd');
      if (/:(?:id|linkId|wallId|staffId)/.test(route.pattern)) await expectNothing(may, route, noThings(scene.things));
      for (const [who, { status }] of await askAs(may, route, scene.things)) {
        const passed = status < 500 && status !== 401 && status !== 404;
        expect([route.name, who, passed ? 'passed' : status]).toEqual([route.name, who, 'passed']);
      }
    }
  }, 360_000);
});

describe('a request forged by another site', () => {
  it('is refused by everything that changes something: without the token, with another’s, or from elsewhere', async () => {
    const [mine, theirs] = [await scene.as('triage', 'admin'), await scene.as('ird', 'admin')];
    const ways: readonly [string, Sent][] = [
      ['without a token', { csrf: null }],
      ['with the token of somebody else', { csrf: theirs.csrf }],
      ['with a token of the right form', { csrf: 'A'.repeat(43) }],
      ['from another site', { headers: { 'sec-fetch-site': 'cross-site' } }],
      ['from another host of the same site', { headers: { 'sec-fetch-site': 'same-site' } }],
      ['from another origin, by an old browser', { headers: { 'sec-fetch-site': '', origin: 'https://evil.test' } }],
    ];
    for (const route of changing) {
      const open = route.pattern.startsWith('/api/');
      for (const [how, sent] of ways) {
        // The public calls know no cookie: there is nothing of anybody's that could be sent along.
        if (open && 'csrf' in sent) continue;
        const answer = await mine.call(route.method, pathOf(withAny(route), scene.things), {
          ...sendingOf(route, scene.things),
          ...sent,
        });
        expect([route.name, how, answer.status]).toEqual([route.name, how, 403]);
      }
    }
  });

  it('has no cookie to lean on at the public API: whoever sends one is answered as if they had not', async () => {
    const { cookies } = await scene.as('triage', 'admin');
    const withCookies = new Caller(scene, { ...cookies });
    for (const route of changing.filter(({ pattern }) => pattern.startsWith('/api/'))) {
      const path = pathOf(withAny(route), scene.things);
      const [one, other] = [
        await withCookies.call(route.method, path, { json: {} }),
        await scene.nobody().call(route.method, path, { json: {} }),
      ];
      expect([route.name, told(one)]).toEqual([route.name, told(other)]);
    }
  });
});

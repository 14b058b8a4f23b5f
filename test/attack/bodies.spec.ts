import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Answer, Caller, Sent } from './caller.js';
import { malformed, pathsIn, withAt } from './malformed.js';
import { People } from './people.js';
import type { Who } from './route-table.js';
import { openScene, type Scene } from './scene.js';
import { asked, asSent, EVERY_ROUTE, pathOf, sendingOf, told, type Route } from './walk.js';

/* What is sent as a body, to every route that takes one. */

let scene: Scene;
let people: People;
beforeAll(async () => {
  scene = await openScene();
  people = new People(scene);
});
afterAll(() => scene.close());

/** What ends somebody's session or their way to a case, each with a test of its own, comes not back from this. */
const changing = EVERY_ROUTE.filter(({ method, last }) => method !== 'GET' && !last);
const pathTo = (route: Route): string => pathOf(asked(route), scene.things);
const rightFor = (route: Route): object => {
  const { json, form } = sendingOf(route, scene.things);
  return json ?? form ?? {};
};

interface Told {
  readonly code: string;
  readonly errors: readonly { readonly field: string; readonly code: string; readonly message: string }[];
}

describe('a body that is not as it should be', () => {
  it('is never more than refused, by the name of what is wrong with it, wherever it goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...changing).chain((route) => malformed(rightFor(route)).map((wire) => ({ route, wire }))),
        async ({ route, wire }) => {
          const caller = await people.oneWhoMay(route);
          const headers = wire.type === undefined ? {} : { 'content-type': wire.type };
          const answer = await caller.call(route.method, pathTo(route), { raw: wire.body, headers });
          expectRefusedOrDone(route, answer);
        },
      ),
      { numRuns: 300 },
    );
    // Nothing of it stuck to what everything here is made of.
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('says which field, at every call that takes one, when one is of another kind', async () => {
    const calls = changing.filter(({ pattern }) => pattern.includes('/api/'));
    for (const route of calls) {
      const right = rightFor(route);
      const top = Object.keys(right);
      for (const name of top) {
        const caller = await people.oneWhoMay(route);
        const isList = Array.isArray((right as Record<string, unknown>)[name]);
        // A list takes no list as a member of it, nor nothing.
        for (const other of [{ unheard: 'of' }, ...(isList ? [[[]], [null]] : [])]) {
          const { status, body } = await caller.call(route.method, pathTo(route), {
            json: withAt(right, [name], other) as object,
          });
          const { errors } = JSON.parse(body) as Told;
          const fields = errors.map(({ field }) => field.split('.')[0]);
          expect([route.name, name, other, status, fields.includes(name)]).toEqual([
            route.name,
            name,
            other,
            422,
            true,
          ]);
        }
      }
    }
  });
});

describe('a member with a name that every object has', () => {
  /* Written by hand: an object of ours could not be given one of them. */
  const withMember = (right: object, name: string): string =>
    JSON.stringify(right).replace(/^\{/, `{"${name}":"x"${Object.keys(right).length > 0 ? ',' : ''}`);
  const ask = async (route: Route, body: string): Promise<Answer> => {
    const caller = await people.oneWhoMay(route);
    return caller.call(route.method, pathTo(route), { raw: body, headers: { 'content-type': 'application/json' } });
  };
  const calls = (): Route[] =>
    changing.filter((route) => route.pattern.includes('/api/') && Object.keys(rightFor(route)).length > 0);

  it.each(['constructor', 'hasOwnProperty', 'toString'])('is refused by it, at every call: %s', async (name) => {
    for (const route of calls()) {
      const { status, body } = await ask(route, withMember(rightFor(route), name));
      const { errors } = JSON.parse(body) as Told;
      expect([route.name, status, errors]).toEqual([
        route.name,
        422,
        expect.arrayContaining([{ field: name, code: 'unknown_field', message: expect.any(String) as unknown }]),
      ]);
    }
  });

  it('is refused before anything of the body is read, where it would change what objects are', async () => {
    for (const route of calls()) {
      for (const name of ['__proto__', '\\u005f_proto__']) {
        const { status, body } = await ask(route, withMember(rightFor(route), name));
        expect([route.name, status, (JSON.parse(body) as Told).code]).toEqual([route.name, 400, 'not_json']);
      }
    }
  });

  it('is refused also deeper down, by its path', async () => {
    const nested = calls().filter((route) => JSON.stringify(rightFor(route)).includes(':{"'));
    expect(nested.length).toBeGreaterThan(3);
    for (const route of nested) {
      const right = JSON.stringify(rightFor(route)).replace(/:\{"/, ':{"constructor":"x","');
      const { status, body } = await ask(route, right);
      const [first] = (JSON.parse(body) as Told).errors;
      expect([route.name, status, first]).toMatchObject([route.name, 422, { code: 'unknown_field' }]);
      expect(first?.field).toMatch(/^[\w.]+\.constructor$/);
    }
  });
});

function expectRefusedOrDone({ name }: Route, { status, headers, body }: Answer): void {
  expect([name, status < 500]).toEqual([name, true]);
  if (!headers['content-type']?.includes('problem+json')) return;
  const { code, errors } = JSON.parse(body) as Told;
  expect([name, code]).not.toEqual([name, 'unexpected']);
  if (code === 'invalid') expect([name, errors.length > 0]).toEqual([name, true]);
  for (const { field, ...rest } of errors) {
    expect(field).toMatch(/^[\w.?-]*$/);
    expect(rest).toEqual({ code: expect.stringMatching(/^[a-z_]+$/), message: expect.stringMatching(/\S/) });
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
/** Ids, and hashes of keys, that stand for a thing of somebody. */
const ID_LIKE = /^(?:[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{43})$/;

/**
 * Numbers that whoever sends draws for what is new. One cannot stand for two things, so that a taken one is a conflict; it
 * is random, so that who knows it knew of the thing.
 */
const DRAWN = /^(?:id|(?:item|note|test)\.id|items\.\d+\.id)$/;

describe('an id in a body', () => {
  it('that is somebody else’s is answered as one that nobody has, wherever one is sent', async () => {
    const others = await othersIds();
    let looked = 0;
    for (const route of changing) {
      const right = rightFor(route);
      for (const path of pathsIn(right)) {
        const value = path.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], right);
        if (typeof value !== 'string' || !ID_LIKE.test(value) || DRAWN.test(path.join('.'))) continue;
        for (const [kind, id] of others) {
          if (UUID.test(id) !== UUID.test(value)) continue;
          const none = unheardOf(id);
          const caller = await people.oneWhoMay(route);
          const answers = [none, id].map((one) =>
            ask(caller, route, asSent(route, withAt(right, path, one) as object), one),
          );
          const [missing, theirs] = await Promise.all(answers);
          expect([route.name, path.join('.'), kind, theirs]).toEqual([route.name, path.join('.'), kind, missing]);
          looked++;
        }
      }
    }
    expect(looked).toBeGreaterThan(50);
  });
});

async function ask(caller: Caller, route: Route, sent: Sent, id: string): Promise<object> {
  const answer = await caller.call(route.method, pathTo(route), sent);
  return JSON.parse(JSON.stringify(told(answer)).replaceAll(id, 'ID')) as object;
}

/** One of the same form that nothing has. */
function unheardOf(id: string): string {
  return UUID.test(id) ? randomUUID() : randomBytes(32).toString('base64url');
}

/** Things of people and agencies that whoever asks here is not of, or may know nothing of. */
async function othersIds(): Promise<[string, string][]> {
  const { desk, things } = scene;
  const one = async (sql: string): Promise<string> => {
    const [row] = await desk.rows<{ id: string }>(sql);
    if (!row) throw new Error(`Nothing was found: ${sql}`);
    return row.id;
  };
  const elsewhere = (who: Who): Promise<string> =>
    one(`SELECT id FROM staff WHERE username = '${who.replace('@', '.')}'`);
  return [
    ['an officer elsewhere', await elsewhere('officer@ird')],
    ['an administrator elsewhere', await elsewhere('admin@triage')],
    ['a disclosure', things.disclosure],
    ['the session of a colleague', things.session],
    ['the letter of another queue', things.letter],
    ['the key of a disclosure officer', await one(`SELECT kid AS id FROM staff_keys ORDER BY kid LIMIT 1`)],
    ['an item of a disclosure', await one(`SELECT id FROM case_items WHERE case_id = '${things.disclosure}' LIMIT 1`)],
  ];
}

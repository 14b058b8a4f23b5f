import { jestExpect } from '@jest/expect';

/** What Jest made for the test file that runs now. Modules outlive it, so what they import from here asks anew each time. */
let current = {};

/** @param {Record<string, unknown>} globals `it`, `describe` and so on of one test file */
export function setGlobals(globals) {
  current = globals;
}

function live(name) {
  return new Proxy(() => undefined, {
    apply: (_target, _self, given) => current[name](...given),
    get: (_target, key) => current[name][key],
  });
}

export const expect = jestExpect;
export const [it, test, describe] = ['it', 'test', 'describe'].map(live);
export const [beforeAll, beforeEach, afterAll, afterEach] = ['beforeAll', 'beforeEach', 'afterAll', 'afterEach'].map(
  live,
);

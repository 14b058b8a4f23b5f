import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, serve, type Served } from './shell.js';
import { TryModule } from './try.module.js';

let served: Served;
beforeAll(async () => {
  served = await serve(TryModule);
});
afterAll(() => served.close());

const statusFor = async (path: string, host: string) => (await ask(served, path, host)).statusCode;

describe('the two worlds on one port', () => {
  it('serves staff pages on the staff host only', async () => {
    expect((await fetch(`${served.staffOrigin}/staff`)).status).toBe(200);
    expect((await fetch(`${served.publicOrigin}/staff`)).status).toBe(404);
  });

  it('serves public pages and the API on the public host only', async () => {
    expect((await fetch(`${served.publicOrigin}/form`)).status).toBe(200);
    expect((await fetch(`${served.staffOrigin}/form`)).status).toBe(404);
    expect((await fetch(`${served.staffOrigin}/api/told`, { method: 'POST' })).status).toBe(404);
  });

  it('is not fooled by an encoded path', async () => {
    expect(await statusFor('/%73taff', `127.0.0.1:${served.port.toString()}`)).toBe(404);
    expect(await statusFor('/%73taff', `localhost:${served.port.toString()}`)).toBe(200);
  });

  it('gives an unknown host nothing but health and assets', async () => {
    expect(await statusFor('/', 'rebound.test')).toBe(404);
    expect(await statusFor('/staff', 'rebound.test')).toBe(404);
    expect(await statusFor('/health/live', 'rebound.test')).toBe(200);
    expect(await statusFor('/assets/manifest.json', 'rebound.test')).toBe(200);
  });

  it('leads from the front of the staff host to the desk', async () => {
    const answer = await fetch(`${served.staffOrigin}/`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/staff']);
  });
});

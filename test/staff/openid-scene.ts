import { expect } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStaffApp, type StaffApp, type StaffClient } from './staff-app.js';

/** A server with two providers, one of them with claims of its own, and one that was never there. */
export async function startOpenIdScene(): Promise<StaffApp> {
  const folder = await mkdtemp(join(tmpdir(), 'onedoor-openid-'));
  const start = async (): Promise<{ child: ChildProcess; issuer: string }> => {
    const child = fork(join(import.meta.dirname, 'openid-provider.mjs'), { stdio: 'ignore', execArgv: [] });
    const [{ issuer }] = (await once(child, 'message')) as [{ issuer: string }];
    return { child, issuer };
  };
  const [alpha, beta] = await Promise.all([start(), start()]);
  await writeFile(join(folder, 'secret'), 'a secret that only this test has\n');
  const common = { clientId: 'onedoor', clientSecretFile: 'secret' };
  const file = {
    providers: [
      { ...common, id: 'alpha', name: 'Alpha', issuer: alpha.issuer, resistsPhishing: { amr: ['hwk'] } },
      {
        ...common,
        id: 'beta',
        name: 'Beta',
        issuer: beta.issuer,
        claims: { subject: 'employee', agency: 'agency_id' },
      },
      { ...common, id: 'gone', name: 'Gone', issuer: 'http://127.0.0.1:9' },
    ],
  };
  await writeFile(join(folder, 'providers.yaml'), JSON.stringify(file));
  const staff = await startStaffApp({ OIDC_PROVIDERS: join(folder, 'providers.yaml') });
  for (const [id, { child }] of Object.entries({ alpha, beta })) {
    const serving = once(child, 'message');
    child.send({ redirectUri: `${staff.staffOrigin}/staff/openid/${id}/callback` });
    await serving;
  }
  return {
    ...staff,
    close: async () => {
      alpha.child.kill();
      beta.child.kill();
      await staff.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What somebody is at a provider. */
export interface Account {
  readonly account: string;
  readonly amr?: string;
  /** Changes the address that the browser is sent to, as whoever sits at it could. */
  readonly bend?: (url: URL) => void;
}

/** Presses the button that leads to a provider; gives the address it leads to. */
export async function goTo(client: StaffClient, path: string, fields: Record<string, string> = {}): Promise<URL> {
  const page = await client.postForm(`/staff/openid/${path}`, fields);
  expect([path, page.status]).toEqual([path, 200]);
  const [, href = ''] = /id="go-on" href="([^"]+)"/.exec(await page.text()) ?? [];
  return new URL(href.replaceAll('&amp;', '&'));
}

/** Signs in at the provider; gives the path and query that it leads back to. */
export async function signInThere(url: URL, { account, amr = 'pwd', bend }: Account): Promise<string> {
  bend?.(url);
  const cookies = new Map<string, string>();
  for (let at = url, step = 0; step < 10; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, 'x-account': account, 'x-amr': amr };
    const answer = await fetch(at, { redirect: 'manual', headers });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      cookies.set(name, value);
    }
    at = new URL(answer.headers.get('location') ?? '', at);
    if (at.pathname.endsWith('/callback')) return at.pathname + at.search;
  }
  throw new Error('The provider leads nowhere.');
}

/** The whole way: to the provider, in there, and back. */
export async function through(client: StaffClient, path: string, who: Account): Promise<Response> {
  return client.get(await signInThere(await goTo(client, path), who));
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Global, Module, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Database } from '../../config/database.js';
import { SealedSessions } from '../../src/web/sealed-sessions.js';
import { SealedSessionsModule } from '../../src/web/sealed-sessions.module.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { cookiesOf, serve, type Served } from './shell.js';

@Controller()
class DraftController {
  constructor(private readonly sessions: SealedSessions) {}

  @Get('draft')
  async read(@Req() request: FastifyRequest, @Query('as') name = 'draft'): Promise<object> {
    return { draft: await this.sessions.get(request, name) };
  }

  @Post('api/draft')
  async write(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    await this.sessions.put(request, reply, 'draft', request.body);
    return {};
  }

  @Post('api/end')
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    await this.sessions.drop(request, reply, 'draft');
    return {};
  }
}

let database: TestDatabase;
let application: DataSource;
let owner: DataSource;
let served: Served;

beforeAll(async () => {
  database = await freshDatabase();
  application = await new DataSource({ type: 'postgres', url: database.applicationUrl }).initialize();
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  const provided = [{ provide: Database, useValue: new Database(application) }];
  @Global()
  @Module({ providers: provided, exports: provided, imports: [SealedSessionsModule], controllers: [DraftController] })
  class DraftModule {}
  served = await serve(DraftModule);
});
afterAll(async () => {
  await served.close();
  await application.destroy();
  await owner.destroy();
  await database.drop();
});

async function post(path: string, body: unknown, cookie = ''): Promise<Response> {
  return fetch(served.publicOrigin + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', cookie },
  });
}

async function read(cookie: string, as = 'draft'): Promise<unknown> {
  const response = await fetch(`${served.publicOrigin}/draft?as=${as}`, { headers: { cookie } });
  return ((await response.json()) as { draft: unknown }).draft;
}

async function begun(words = 'sentinel-words'): Promise<string> {
  return cookiesOf(await post('/api/draft', { words }));
}

describe('a sealed session', () => {
  it('gives back what was put, and what was put last', async () => {
    const cookie = await begun('first');
    expect(await read(cookie)).toEqual({ words: 'first' });
    expect(cookiesOf(await post('/api/draft', { words: 'Āe 🙂' }, cookie))).toBe(cookie);
    expect(await read(cookie)).toEqual({ words: 'Āe 🙂' });
  });

  it('cannot be read by the database, which holds no word and no key', async () => {
    const cookie = await begun();
    const rows = JSON.stringify(
      await owner.query('SELECT encode(id_hash, $1) AS id, jwe FROM sealed_sessions', ['base64']),
    );
    expect(rows).not.toContain('sentinel-words');
    const bytes = Buffer.from(cookie.slice('draft='.length), 'base64url');
    for (const secret of [bytes.subarray(0, 16), bytes.subarray(16)]) {
      expect(rows).not.toContain(secret.toString('base64').slice(0, 16));
      expect(rows).not.toContain(secret.toString('base64url').slice(0, 16));
    }
  });

  it('does not open with a changed cookie, a changed row, or under another name', async () => {
    const cookie = await begun();
    for (const at of [6, 40, 68]) {
      const changed = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1);
      expect(await read(changed)).toBeNull();
    }
    expect(await read('draft=short')).toBeNull();
    expect(await read(cookie.replace('draft=', 'mailbox='), 'mailbox')).toBeNull();
    expect(await read(cookie)).not.toBeNull();
    await owner.query(`UPDATE sealed_sessions SET jwe = overlay(jwe placing 'AAAA' from length(jwe) - 10)`);
    expect(await read(cookie)).toBeNull();
  });

  it('ends thirty minutes after its last use, and use puts that off', async () => {
    const cookie = await begun();
    await owner.query("UPDATE sealed_sessions SET expires_at = now() + interval '1 minute'");
    expect(await read(cookie)).not.toBeNull();
    const [row] = await owner.query<{ longer: boolean }[]>(
      "SELECT bool_or(expires_at > now() + interval '29 minutes') AS longer FROM sealed_sessions",
    );
    expect(row?.longer).toBe(true);
    await owner.query('UPDATE sealed_sessions SET expires_at = now()');
    expect(await read(cookie)).toBeNull();
  });

  it('leaves no row behind once swept, and none that lives is swept', async () => {
    await owner.query('UPDATE sealed_sessions SET expires_at = now()');
    const living = await begun('living');
    const sessions = served.app.get(SealedSessions, { strict: false });
    expect(await sessions.sweep()).toBeGreaterThan(0);
    expect(await sessions.sweep()).toBe(0);
    expect(await read(living)).toEqual({ words: 'living' });
  });

  it('is gone once dropped, with its cookie', async () => {
    const cookie = await begun();
    const ended = await post('/api/end', {}, cookie);
    expect(ended.headers.getSetCookie().join()).toMatch(/^draft=; Max-Age=0/);
    expect(await read(cookie)).toBeNull();
  });

  it('refuses more than it may hold, and keeps what it held', async () => {
    const cookie = await begun('before');
    const sessions = served.app.get(SealedSessions, { strict: false });
    const request = { cookies: { draft: cookie.slice('draft='.length) } } as unknown as FastifyRequest;
    await expect(sessions.put(request, {} as FastifyReply, 'draft', 'a'.repeat(256 * 1024))).rejects.toMatchObject({
      status: 422,
    });
    expect(await read(cookie)).toEqual({ words: 'before' });
  });
});

describe('readiness', () => {
  it('asks the database', async () => {
    const ready = await fetch(`${served.publicOrigin}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok' }]);
  });
});

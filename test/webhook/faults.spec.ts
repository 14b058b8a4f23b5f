import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../config/settings.js';
import { WebhookClient, WebhookReach, type HostAddress } from '../../src/delivery/webhook-client.js';
import { listDeadLetters, replayDeadLetter } from '../../src/queue/dead-letters.js';
import { Doomed } from '../carry/doomed.js';
import { lodge as lodgeBare } from '../carry/worker.js';
import { startMailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { Receiver } from './receiver.js';
import { AGENCY, openScene, type Scene } from './scene.js';

const SYSTEM = { kind: 'system', name: 'test' } as const;
/** Longer than any test: what waits for it never ends by itself. */
const NEVER = 60_000;

let scene: Scene;
let receiver: Receiver;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(async () => {
  await scene.close();
});

beforeEach(async () => {
  receiver = await Receiver.start(scene.reader());
});

afterEach(async () => {
  receiver.answer = undefined;
  receiver.letGo();
  await scene.rest();
  await receiver.stop();
});

const delivered = () => scene.watcher.count('audit_entries', `action = 'webhook.delivered'`);
const failures = async () =>
  (
    await scene.watcher.rows<{ failures: number; code: string | null; active: boolean }>(
      'SELECT failures, error_code AS code, active FROM webhook_endpoints WHERE agency_id = $1',
      [AGENCY],
    )
  )[0];
const settled = () =>
  until('nothing waits', async () => (await scene.watcher.count('outbox', `name = 'webhook'`)) === 0);

describe('a system that', () => {
  it('hangs is given up on in time and called again', async () => {
    let noted = false;
    receiver.answer = () => (noted ? undefined : 'hang');
    await scene.register(receiver);
    await scene.work(receiver, { reach: { deadline: 200 } });
    const before = await delivered();
    await scene.lodge('Hangs');
    await until('it hung', async () => (await failures())?.code === 'webhook_timeout');
    noted = true;
    await settled();
    expect(receiver.taken).toHaveLength(1);
    expect((await failures())?.failures).toBe(0);
    expect((await delivered()) - before).toBe(1);
  });

  it('hangs holds up no other agency’s mail, and is called once at a time', async () => {
    receiver.answer = () => 'hang';
    await scene.register(receiver);
    const mail = await startMailServer();
    try {
      await scene.watcher.rows(
        `INSERT INTO agencies (id, notice_email, open_for_intake) VALUES ('ird', 'in@ird.test', true)`,
      );
      for (let i = 0; i < 5; i++) await scene.lodge('Hangs');
      await scene.work(receiver, { reach: { deadline: NEVER }, timings: { backoff: 200 }, smtpUrl: mail.url });
      await until('it hangs', () => receiver.hanging === 1);
      for (let i = 0; i < 10; i++) await lodgeBare(scene.watcher, 'ird');
      await until(
        'all mail is there',
        () => mail.mails.filter(({ recipients }) => recipients[0] === 'in@ird.test').length === 10,
      );
      expect(receiver.hanging).toBe(1); // the same call still, and no other
    } finally {
      receiver.letGo();
      await mail.stop();
    }
  });

  it('answers 500 again and again is called until it answers, and acts once', async () => {
    let noted = false;
    receiver.answer = () => (noted && receiver.bodies.length > 5 ? undefined : 500);
    await scene.register(receiver);
    await scene.work(receiver);
    await scene.lodge('Five hundred');
    await until('it was noted', async () => (await failures())?.code === 'webhook_http_500');
    noted = true;
    await settled();
    expect(receiver.taken).toHaveLength(1);
    const ids = receiver.bodies.map((body) => (claimsOf(body) as { jti: string }).jti);
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(1);
  });

  it('never answers well is given up, which is seen, and called again when somebody replays it', async () => {
    receiver.answer = () => 500;
    await scene.register(receiver);
    const worker = await scene.work(receiver, { timings: { attempts: 3 } });
    await scene.lodge('Given up');
    const letters = () => worker.database.asActor(SYSTEM, (manager) => listDeadLetters(manager));
    await until('it is given up', async () => (await letters()).length === 1);
    const [letter] = await letters();
    expect(letter).toMatchObject({ queue: 'delivery', name: 'webhook', errorCode: 'webhook_http_500' });
    expect(await scene.watcher.count('webhook_calls')).toBe(1);
    expect(await scene.watcher.count('audit_entries', `action = 'webhook.given_up'`)).toBe(1);
    receiver.answer = undefined;
    await worker.database.asActor(SYSTEM, (manager) => replayDeadLetter(manager, letter?.id ?? ''));
    await settled();
    expect(receiver.taken).toHaveLength(1);
  });

  it('answers 200 twice, since the worker was killed in between, acts once', async () => {
    await scene.register(receiver);
    await scene.work(receiver);
    receiver.answer = () => 500;
    await scene.lodge('Twice');
    await until('it was called', () => receiver.bodies.length > 0);
    await scene.stopWorkers();
    receiver.answer = undefined;
    const calledBefore = receiver.bodies.length;
    await scene.watcher.rows(`UPDATE outbox SET relayed_at = NULL`);
    const victim = Doomed.start(new URL('doomed-worker.ts', import.meta.url), {
      ...scene.environment(receiver),
      DATABASE_URL: scene.app.database.applicationUrl,
      WEBHOOK_KEYS: join(scene.app.home, 'service-keys'),
    });
    try {
      await victim.says('answered');
    } finally {
      await victim.kill();
    }
    expect(receiver.taken).toHaveLength(1);
    expect(await scene.watcher.count('webhook_calls')).toBe(1);
    await scene.work(receiver);
    await settled();
    expect(receiver.bodies.length - calledBefore).toBe(2);
    const [first, second] = receiver.bodies.slice(-2).map((body) => claimsOf(body) as { jti: string });
    expect(second?.jti).toBe(first?.jti);
    expect(receiver.taken).toHaveLength(1);
    expect(receiver.refused).toEqual([]);
  });

  it('points elsewhere is not followed', async () => {
    let noted = false;
    receiver.answer = () => (noted ? undefined : 302);
    await scene.register(receiver);
    await scene.work(receiver);
    await scene.lodge('Elsewhere');
    await until('it was noted', async () => (await failures())?.code === 'webhook_redirected');
    noted = true;
    await settled();
    expect(new Set(receiver.paths)).toEqual(new Set(['/onedoor']));
  });

  it('says that it is gone is called no more', async () => {
    receiver.answer = () => 410;
    await scene.register(receiver);
    await scene.work(receiver);
    await scene.lodge('Gone');
    await until('it is off', async () => (await failures())?.active === false);
    const calls = receiver.bodies.length;
    const id = await scene.lodge('After');
    await until(
      'it is placed',
      async () => (await scene.watcher.count('cases', `id = $1 AND status = 'placed'`, [id])) === 1,
    );
    expect(await scene.watcher.count('webhook_calls', 'case_id = $1', [id])).toBe(0);
    expect(receiver.bodies).toHaveLength(calls);
    expect(await scene.watcher.count('audit_entries', `action = 'webhook.gone'`)).toBe(1);
  });
});

describe('a call', () => {
  function client(reach: Partial<WebhookReach>, hosts = receiver.host): WebhookClient {
    return new WebhookClient(loadSettings({ WEBHOOK_PRIVATE_HOSTS: hosts }), Object.assign(new WebhookReach(), reach));
  }
  const leadsTo = (...addresses: string[]) => ({
    resolve: () =>
      Promise.resolve(addresses.map((address): HostAddress => ({ address, family: address.includes(':') ? 6 : 4 }))),
  });

  it.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['169.254.169.254']],
    [['::ffff:127.0.0.1']],
    [['fd00::1']],
    [['0.0.0.0']],
    [['1.1.1.1', '192.168.0.1']],
  ])('goes to no private address that a name leads to: %j', async (addresses) => {
    const posted = client(leadsTo(...addresses)).post('https://cases.agency.test/', 'x');
    await expect(posted).rejects.toMatchObject({ code: 'webhook_private_address', permanent: false });
  });

  it('goes to no name of this machine by the resolver it has', async () => {
    const posted = client({}).post('https://localhost/', 'x');
    await expect(posted).rejects.toMatchObject({ code: 'webhook_private_address' });
  });

  it('goes to what was checked, though the name leads elsewhere a moment later', async () => {
    const { port } = new URL(receiver.origin);
    const asked: string[] = [];
    const resolve = (hostname: string): Promise<HostAddress[]> => {
      asked.push(hostname);
      // A second look, by anybody, would lead to where nobody listens.
      return Promise.resolve([{ address: asked.length === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
    };
    const host = `cases.agency.test:${port}`;
    receiver.answer = () => 200;
    await client({ resolve }, host).post(`http://${host}/`, 'x');
    expect(receiver.bodies).toEqual(['x']);
    expect(asked).toEqual(['cases.agency.test']);
  });

  it('ends in time where the name is never found', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const posted = client({ resolve, deadline: 100 }).post('https://cases.agency.test/', 'x');
    await expect(posted).rejects.toMatchObject({ code: 'webhook_timeout' });
  });

  it('fails with a code that quotes nothing', async () => {
    const { origin } = receiver;
    const cases: [string, Partial<WebhookReach>, string][] = [
      ['http://127.0.0.1:1/secret', {}, 'webhook_not_https'],
      ['https://cases.agency.test/secret', leadsTo(), 'webhook_unknown_host'],
      [
        'https://cases.agency.test/secret',
        { resolve: () => Promise.reject(new Error('secret')) },
        'webhook_unknown_host',
      ],
      [`${origin.replace('http:', 'https:')}/secret`, {}, 'webhook_tls'],
    ];
    for (const [url, reach, code] of cases) {
      const failure: unknown = await client(reach)
        .post(url, 'secret')
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code });
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secret');
    }
    await receiver.stop();
    await expect(client({}).post(`${origin}/secret`, 'x')).rejects.toMatchObject({ code: 'webhook_unreachable' });
    receiver = await Receiver.start(scene.reader());
  });
});

describe(`a call by https${hasOpenssl() ? '' : ' (skipped: no openssl found)'}`, () => {
  const its = hasOpenssl() ? it : it.skip;

  its('is made where the certificate is good for the name, and nowhere else', async () => {
    const tls = certificateFor('cases.agency.test');
    const secure = await Receiver.start(scene.reader(), tls);
    try {
      secure.answer = () => 200;
      const { port } = new URL(secure.origin);
      const [host, other] = [`cases.agency.test:${port}`, `other.agency.test:${port}`];
      const settings = loadSettings({ WEBHOOK_PRIVATE_HOSTS: `${host},${other}` });
      const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      const trusting = new WebhookClient(settings, Object.assign(new WebhookReach(), { resolve, ca: tls.cert }));
      await trusting.post(`https://${host}/`, 'x');
      expect(secure.bodies).toEqual(['x']);
      await expect(trusting.post(`https://${other}/`, 'x')).rejects.toMatchObject({ code: 'webhook_tls' });
      const usual = new WebhookClient(settings, Object.assign(new WebhookReach(), { resolve }));
      await expect(usual.post(`https://${host}/`, 'x')).rejects.toMatchObject({ code: 'webhook_tls' });
      expect(secure.bodies).toEqual(['x']);
    } finally {
      await secure.stop();
    }
  });
});

function claimsOf(body: string): unknown {
  return JSON.parse(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString());
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function certificateFor(name: string): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'onedoor-webhook-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const wanted = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', '2'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...wanted], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

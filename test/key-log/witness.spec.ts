import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../config/database.js';
import { closeDays } from '../../src/proofs/close-days.js';
import { KeyLog } from '../../src/agencies/key-log/key-log.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import type { ReadersProof, WitnessedHead } from '../../src/vault/key-heads.js';
import { READS } from '../../src/vault/key-log.js';
import { makeKeyPair } from '../../src/vault/keys.js';
import { checkReaders } from '../client/check-readers.js';
import { FACETS, Owner, readersOf, submit } from '../intake/door.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { signingKeyOf } from '../support/signing-key.js';
import { SYSTEM } from '../cases/desk.js';
import type { Ended } from '../support/command.js';
import { killWitnessAfter, runWitness } from './witness-process.js';

let home: string;
let app: TestApp;
let owner: Owner;
const state = (name: string): string => join(home, name);

const watch = (name: string, ...more: string[]): Promise<Ended> =>
  runWitness('--state', state(name), '--server', app.publicOrigin, '--once', ...more);

const ask = async <T>(path: string): Promise<T> =>
  (await fetch(`${app.publicOrigin}/api/v1${path}`)).json() as Promise<T>;

const cosignature = (body: object): Promise<Response> =>
  fetch(`${app.publicOrigin}/api/v1/key-log/cosignatures`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'onedoor-witness-'));
  const [first, second] = await Promise.all(
    ['first', 'second'].map((name) => runWitness('--state', state(name), '--key')),
  );
  const named = [first, second].map((run, at) => ({
    name: `Office ${at.toString()}`,
    jwk: JSON.parse(run?.stdout ?? '') as object,
  }));
  await writeFile(join(home, 'witnesses.json'), JSON.stringify(named));
  app = await startApp({ ROLE: 'web', KEY_WITNESSES: join(home, 'witnesses.json') });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
});

afterAll(async () => {
  await owner.close();
  await app.close();
  await rm(home, { recursive: true, force: true });
});

describe('a key', () => {
  it('is nobody’s reader before two witnesses have seen it', async () => {
    expect(await readersOf(app, 'msd')).toEqual([]);
    expect(await watch('first')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^signed \d+ entries as of /),
    });
    expect(await readersOf(app, 'msd')).toEqual([]);
    const clear = { facets: FACETS, statement: { whatHappened: 'They cut my benefit.' } };
    expect((await submit(app, clear)).status).toBe(409);
    expect(await watch('second')).toMatchObject({ code: 0 });
    expect(await readersOf(app, 'msd')).toHaveLength(1);
    expect((await submit(app, clear)).status).toBe(201);
  });

  it('that is not logged is sealed to by nobody, on the server neither', async () => {
    const keyLog = app.app.get(KeyLog, { strict: false });
    const { kid, jwk } = await makeKeyPair('agreement');
    const other = await readersOf(app, 'msd', 'disclosures');
    for (const readers of [[{ kid, jwk }], other]) {
      await expect(
        app.app
          .get(Database, { strict: false })
          .asActor({ kind: 'public' }, (manager) => keyLog.requireLogged(manager, 'msd', READS.complaint, readers)),
      ).rejects.toMatchObject({ code: 'keys_not_logged' });
    }
  });
});

describe('a witness', () => {
  it('keeps its key and what it saw where nobody else can read them', async () => {
    expect((await stat(state('first'))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(state('first'))) {
      expect((await stat(join(state('first'), name))).mode & 0o777).toBe(0o600);
    }
    const open = await mkdtemp(join(home, 'open-'));
    await chmod(open, 0o755);
    expect(await runWitness('--state', open, '--key')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('0700'),
    });
  });

  it('is one and the same after it was killed, and signs on', async () => {
    const before = await readFile(join(state('first'), 'key.jwk'), 'utf8');
    for (let times = 0; times < 2; times += 1) {
      await killWitnessAfter('signed', '--state', state('first'), '--server', app.publicOrigin, '--every', '1');
    }
    expect(await readFile(join(state('first'), 'key.jwk'), 'utf8')).toBe(before);
    expect((await readdir(state('first'))).sort()).toEqual(['key.jwk', 'seen.json']);
    expect(await watch('first')).toMatchObject({ code: 0 });
  });

  it('is heard only if it is named, and over the newest head', async () => {
    const stranger = await signingKeyOf();
    const { newest } = await ask<{ newest: WitnessedHead }>('/key-log');
    const text = Buffer.from(newest.head.split('.')[1] ?? '', 'base64url');
    const strange = await stranger.sign(text, { typ: 'onedoor-key-witness' });
    expect((await cosignature({ cosignature: strange })).status).toBe(422);
    expect((await cosignature({ cosignature: newest.head })).status).toBe(422);
    expect((await cosignature({ cosignature: newest.cosignatures[0] })).status).toBe(204);
    expect((await ask<{ newest: WitnessedHead }>('/key-log')).newest.cosignatures).toHaveLength(2);
    // One that nobody named may look on all the same; what it signs is not taken.
    expect(await watch('third')).toMatchObject({ code: 2 });
  });

  it('believes no other log than the one it was told of', async () => {
    const { jwk } = await signingKeyOf();
    await writeFile(join(home, 'other.jwk'), JSON.stringify(jwk));
    const run = await watch('first', '--log-key', join(home, 'other.jwk'));
    expect(run).toMatchObject({ code: 1, stderr: 'not signed: other_log\n' });
  });
});

describe('a second history', () => {
  it('is caught by the witness, who keeps both heads, and by whoever would seal under it', async () => {
    const { proof: seen } = await ask<{ proof: ReadersProof }>('/agencies/msd/readers');
    const readers = await readersOf(app, 'msd');
    const pins = app.app.get(KeyLog, { strict: false }).pins;
    await checkReaders(seen, pins, { agency: 'msd', use: 'complaints', readers });

    // Whoever has the tables and the log's key writes another past, in which a key of theirs stands as well.
    await owner.rows('TRUNCATE key_log_cosignatures, key_log_heads, key_log_entries');
    const { kid, jwk } = await makeKeyPair('agreement');
    await owner.rows(`UPDATE agency_keys SET retired_at = now() WHERE agency_id = 'msd'`);
    await owner.rows(
      `INSERT INTO agency_keys (kid, agency_id, purpose, epoch, jwk, made_by, made_on)
       SELECT $1, agency_id, purpose, epoch + 1, $2, made_by, made_on FROM agency_keys WHERE agency_id = 'msd'`,
      [kid, jwk],
    );
    await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
    const { newest } = await ask<{ newest: WitnessedHead }>('/key-log');
    expect(newest.head).not.toBe(seen.head);

    for (const name of ['first', 'second']) {
      const run = await watch(name);
      expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('THIS LOG HAS TWO HISTORIES') });
      const evidence = (await readdir(state(name))).find((file) => file.startsWith('evidence-')) ?? '';
      expect(JSON.parse(await readFile(join(state(name), evidence), 'utf8'))).toEqual({
        seen: seen.head,
        shown: newest.head,
      });
    }
    // And once more, for whoever did not listen.
    expect(await watch('first')).toMatchObject({ code: 3 });

    // To the sender it is shown with what the witnesses signed over the other past.
    expect(await readersOf(app, 'msd')).toEqual([]);
    const shown = { ...seen, head: newest.head };
    await expect(checkReaders(shown, pins, { agency: 'msd', use: 'complaints', readers })).rejects.toThrow(
      'too few witnesses',
    );
  });

  it('is caught where nothing was rewritten but a day of what was lodged', async () => {
    const keeper = app.app.get(KeyLogKeeper, { strict: false });
    await app.app.get(Database, { strict: false }).asActor(SYSTEM, (manager) => closeDays(manager));
    expect(await keeper.runOnce()).toBe(1);
    // Nobody named this one: it sees the day, and remembers it.
    expect(await watch('fourth')).toMatchObject({ code: 2 });
    await owner.rows('TRUNCATE key_log_cosignatures, key_log_heads');
    await owner.rows(
      `UPDATE key_log_entries SET entry = regexp_replace(entry, '"root":"[^"]+"', '"root":"' || repeat('A', 43) || '"')
        WHERE act = 'lodged'`,
    );
    await keeper.runOnce(new Date(Date.now() + 60_000));
    expect(await watch('fourth')).toMatchObject({ code: 3, stderr: expect.stringContaining('TWO HISTORIES') });
  });
});

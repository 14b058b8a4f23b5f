import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../../config/database.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { closeDays } from '../../src/proofs/close-days.js';
import { plusDays } from '../../src/clocks/holidays.js';
import { verifyProof } from '../../src/vault/proof.js';
import { OPENING, type OpeningFile, type ProofFile, type ProofKeys } from '../../src/vault/proof-file.js';
import { SYSTEM } from '../cases/desk.js';
import { FACETS, Owner, readersOf, seal, submit } from '../intake/door.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { runCommand, type Ended } from '../support/command.js';

const DISCLOSURE = { ...FACETS, relationship: 'worker', topic: 'fraud', stage: 'unsafe' };
const TODAY = todayInAuckland();

interface Kept {
  readonly caseId: string;
  readonly opening: OpeningFile;
  readonly promise: OpeningFile['promise'];
}

let app: TestApp;
let owner: Owner;
let keys: ProofKeys;
let complaint: Kept;
let disclosure: Kept;

async function lodge(path: 'complaint' | 'disclosure'): Promise<Kept> {
  const destination = path === 'complaint' ? 'msd' : 'ombudsman';
  const lodging = await seal({
    readers: await readersOf(app, destination, `${path}s`),
    receiver: destination,
    statement: { whatHappened: 'They cut my benefit.', facets: path === 'complaint' ? FACETS : DISCLOSURE },
    identity: { identity: 'Aroha Ngata' },
  });
  const facets = path === 'complaint' ? FACETS : DISCLOSURE;
  const answer = await submit(app, { facets, destination, ...lodging.submission });
  expect(answer.status).toBe(201);
  const { proof: promise } = (await answer.json()) as { proof: Kept['promise'] };
  const opening = { format: OPENING, promise, opening: lodging.opening } as const;
  return { caseId: lodging.submission.sealed.case, opening, promise };
}

async function ask(commitment: string): Promise<{ status: number; proof: ProofFile }> {
  const answer = await fetch(`${app.publicOrigin}/api/v1/proofs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ commitment }),
  });
  return { status: answer.status, proof: (await answer.json()) as ProofFile };
}

const close = (last?: string): Promise<void> =>
  app.app.get(Database, { strict: false }).asActor(SYSTEM, (manager) => closeDays(manager, last));

async function night(last: string): Promise<void> {
  await close(last);
  await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
}

async function codesOf(...files: unknown[]): Promise<string[]> {
  const { holds, says } = await verifyProof(files, keys);
  return [holds ? 'holds' : 'fails', ...says.map(({ code }) => code)];
}

/** The members of a value, and how long its texts are. */
function shape(value: unknown): unknown {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]));
}

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'ombudsman');
  keys = (await (await fetch(`${app.publicOrigin}/api/v1/proofs/keys`)).json()) as ProofKeys;
  complaint = await lodge('complaint');
  disclosure = await lodge('disclosure');
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

describe('what was lodged', () => {
  it('is promised at once, and to nobody who has not its commitment', async () => {
    expect(await codesOf(complaint.promise)).toEqual(['holds', 'promised', 'no_opening', 'not_logged', 'lodging_only']);
    const { proof } = await ask(complaint.promise.commitment);
    expect(proof).toMatchObject({ day: null, countersignature: null });
    expect(await codesOf(proof, complaint.opening)).toEqual([
      'holds',
      'promised',
      'opened',
      'not_logged',
      'lodging_only',
    ]);
    expect((await ask('A'.repeat(43))).status).toBe(404);
  });

  it('is kept by its commitment alone: no case, no path, no time', async () => {
    const columns = await owner.rows<{ column: string }>(
      `SELECT table_name || '.' || column_name AS "column" FROM information_schema.columns
        WHERE table_name LIKE 'lodged%' ORDER BY 1`,
    );
    expect(columns.map(({ column }) => column)).toEqual([
      'lodged_commitments.commitment',
      'lodged_commitments.day',
      'lodged_days.day',
      'lodged_days.root',
      'lodged_leaves.commitment',
      'lodged_leaves.day',
      'lodged_leaves.position',
    ]);
    // Nor does anything that is a case’s name the commitment.
    const dump = JSON.stringify(await owner.rows('SELECT c.*, i.*, e.* FROM cases c, case_items i, case_epochs e'));
    expect(dump).not.toContain(complaint.promise.commitment);
  });

  it('is in the log the night after, once, whoever else closes the day at the same time', async () => {
    await Promise.all([close(TODAY), close(TODAY), close(TODAY)]);
    await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
    await close(TODAY);
    expect(await app.app.get(KeyLogKeeper, { strict: false }).runOnce()).toBe(0);
    const days = await owner.rows(`SELECT entry FROM key_log_entries WHERE act = 'lodged'`);
    expect(days).toEqual([{ entry: expect.stringContaining(`"on":"${TODAY}"`) }]);
    for (const kept of [complaint, disclosure]) {
      const { proof } = await ask(kept.promise.commitment);
      expect(await codesOf(proof, kept.opening)).toEqual(['holds', 'promised', 'opened', 'logged', 'lodging_only']);
    }
  });

  it('is among others that were made up, so that its number tells nothing, and in no order', async () => {
    const leaves = await owner.rows<{ commitment: Buffer }>('SELECT commitment FROM lodged_leaves ORDER BY position');
    expect(leaves).toHaveLength(256);
    expect(await owner.rows('SELECT * FROM lodged_commitments')).toEqual([]);
    const places = async (): Promise<number[]> => {
      const [one, two] = await Promise.all([ask(complaint.promise.commitment), ask(disclosure.promise.commitment)]);
      return [one.proof.day?.leaf.index ?? -1, two.proof.day?.leaf.index ?? -1];
    };
    expect(await places()).not.toEqual([0, 1]);
    // A day on which nothing came looks the same.
    await night(plusDays(TODAY, 1));
    const counts = await owner.rows('SELECT count(*)::int AS n FROM lodged_leaves GROUP BY day');
    expect(counts).toEqual([{ n: 256 }, { n: 256 }]);
    expect(await owner.rows('SELECT DISTINCT length(commitment) AS bytes FROM lodged_leaves')).toEqual([{ bytes: 32 }]);
  });

  it('cannot be told apart by what is promised of it: a complaint and a disclosure are alike to the letter’s number', async () => {
    const proofs = [await ask(complaint.promise.commitment), await ask(disclosure.promise.commitment)];
    const [first, second] = proofs.map(({ proof }) =>
      shape({ ...proof, promise: { ...proof.promise, path: [] }, day: { ...proof.day, leaf: 0 } }),
    );
    expect(first).toEqual(second);
    expect(shape(complaint.promise)).toEqual(shape(disclosure.promise));
    expect(proofs.map(({ proof }) => proof.day?.leaf.size)).toEqual([256, 256]);
    expect(proofs[0]?.proof.day?.place).toEqual(proofs[1]?.proof.day?.place);
  });

  it('has its first day for good, however often it is sent', async () => {
    const before = await ask(complaint.promise.commitment);
    const again = async (day: string): Promise<unknown> =>
      owner.rows('INSERT INTO lodged_commitments (commitment, day) VALUES ($1, $2)', [
        Buffer.from(complaint.promise.commitment, 'base64url'),
        day,
      ]);
    await again(plusDays(TODAY, 2));
    await night(plusDays(TODAY, 2));
    const after = await ask(complaint.promise.commitment);
    expect(after.proof.day?.place.entry).toBe(before.proof.day?.place.entry);
    expect(await owner.rows('SELECT * FROM lodged_commitments')).toEqual([]);
  });

  it('that came too late for its day goes into the next', async () => {
    const late = await lodge('complaint');
    expect((await ask(late.promise.commitment)).proof.day).toBeNull();
    await night(plusDays(TODAY, 3));
    const { proof } = await ask(late.promise.commitment);
    expect(await codesOf(proof, late.opening)).toContain('logged_later');
  });
});

describe('a proof', () => {
  it('is there, and holds, once the case was disposed of', async () => {
    await owner.rows(`SET session_replication_role = replica`);
    for (const { name } of await owner.rows<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns
        WHERE column_name = 'case_id' AND table_schema IN ('public', 'disposal')
          AND table_name IN (SELECT tablename FROM pg_tables)`,
    ))
      await owner.rows(`DELETE FROM ${name} WHERE case_id = $1`, [disclosure.caseId]);
    await owner.rows('DELETE FROM cases WHERE id = $1', [disclosure.caseId]);
    await owner.rows(`SET session_replication_role = DEFAULT`);
    const { proof } = await ask(disclosure.promise.commitment);
    expect(await codesOf(proof, disclosure.opening)).toEqual(['holds', 'promised', 'opened', 'logged', 'lodging_only']);
  });

  it('is checked by the command without a server, which says what is shown and what is not', async () => {
    const { proof } = await ask(complaint.promise.commitment);
    const file = async (name: string, value: unknown): Promise<string> => {
      const path = join(app.home, name);
      await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
      return path;
    };
    const published = await file('keys.json', keys);
    const good = [await file('proof.json', proof), await file('opening.json', complaint.opening)];
    const offline = await command(...good, '--keys', published);
    expect(offline).toMatchObject({ code: 0, stderr: '' });
    expect(offline.stdout).toContain('What is here holds');
    expect(offline.stdout).toContain('Ministry of Social Development');
    expect(offline.stdout).toContain('no officer’s signature is with it');
    expect(offline.stdout).not.toContain('They cut my benefit');
    // With the keys of this service, where none are given.
    expect(await command(await file('promise.json', complaint.promise))).toMatchObject({ code: 0 });
    const changed = { ...complaint.opening, opening: { ...complaint.opening.opening, receiver: 'acc' } };
    expect(await command(good[0] ?? '', await file('changed.json', changed), '--keys', published)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('The words, the receiver or the day are not those of the promise.'),
    });
    expect(await command(await file('none.json', 'no JSON'), '--keys', published)).toMatchObject({ code: 1 });
    expect(await command(good[0] ?? '', '--keys', good[1] ?? '')).toMatchObject({ code: 1 });
    expect(await command()).toMatchObject({ code: 2 });
    expect(await command(join(app.home, 'not-there.json'))).toMatchObject({ code: 2 });
  });
});

const command = (...files: string[]): Promise<Ended> =>
  runCommand('src/proofs/verify-proof.ts', files, {
    SERVICE_KEYS: join(app.home, 'service-keys'),
    ONEDOOR_HOME: app.home,
  });

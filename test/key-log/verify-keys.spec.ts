import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../../config/database.js';
import { KEEPER, KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { KeyLog } from '../../src/agencies/key-log/key-log.js';
import { servedLogToVerify } from '../../src/agencies/key-log/served-log-to-verify.js';
import { storedLogToVerify } from '../../src/agencies/key-log/stored-log-to-verify.js';
import { verifyLog } from '../../src/agencies/key-log/verify-log.js';
import { Owner } from '../intake/door.js';
import { compareReaders, type PublishedReaders } from '../../src/agencies/key-log/published-readers.js';
import { makeKeyPair } from '../../src/vault/keys.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { signingKeyOf } from '../support/signing-key.js';

let app: TestApp;
let owner: Owner;
let kept: string;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
  // Somebody leaves: their keys are retired, and so is what they read.
  await owner.rows(
    `UPDATE staff SET active = false WHERE id = (SELECT id FROM staff WHERE agency_id = 'triage' LIMIT 1)`,
  );
  await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
  kept = (await verify()).lastHead ?? '';
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

beforeEach(async () => {
  expect((await verify()).faults).toEqual([]);
});

async function verify(...heads: string[]) {
  const log = await app.app.get(Database, { strict: false }).asActor(KEEPER, storedLogToVerify, { oneMoment: true });
  return verifyLog(log, app.app.get(KeyLog, { strict: false }).pins, heads);
}

/** Changes the tables as their owner might, verifies, and puts everything back. */
async function after(change: string, values: unknown[] = [], ...heads: string[]): Promise<string[]> {
  await owner.rows('CREATE TABLE kept_entries AS TABLE key_log_entries');
  await owner.rows('CREATE TABLE kept_heads AS TABLE key_log_heads');
  await owner.rows('CREATE TABLE kept_cosignatures AS TABLE key_log_cosignatures');
  await owner.rows('CREATE TABLE kept_keys AS SELECT kid, retired_at FROM staff_keys');
  try {
    await owner.rows(change, values);
    return (await verify(...heads)).faults.map(({ kind }) => kind);
  } finally {
    await owner.rows('DELETE FROM key_log_cosignatures');
    await owner.rows('DELETE FROM key_log_heads');
    await owner.rows('DELETE FROM key_log_entries');
    await owner.rows('INSERT INTO key_log_entries SELECT * FROM kept_entries');
    await owner.rows('INSERT INTO key_log_heads SELECT * FROM kept_heads');
    await owner.rows('INSERT INTO key_log_cosignatures SELECT * FROM kept_cosignatures');
    await owner.rows('UPDATE staff_keys k SET retired_at = o.retired_at FROM kept_keys o WHERE o.kid = k.kid');
    await owner.rows('DROP TABLE kept_entries, kept_heads, kept_cosignatures, kept_keys');
  }
}

const SOME = `(SELECT position FROM key_log_entries WHERE use = 'signing' AND act = 'added' ORDER BY position LIMIT 1)`;
/** The kid of no key. */
const NOBODY = 'A'.repeat(43);
const LAST = '(SELECT max(position) FROM key_log_entries)';

describe('a log as it was kept', () => {
  it('is whole, also against a head that was noted, and as anybody is shown it', async () => {
    expect(await verify(kept)).toMatchObject({ faults: [], lastHead: kept });
    const served = await servedLogToVerify(app.publicOrigin);
    expect(served.entries.length).toBeGreaterThan(10);
    expect(await verifyLog(served, app.app.get(KeyLog, { strict: false }).pins, [kept])).toMatchObject({ faults: [] });
  });

  it('agrees with the readers that senders are given, and finds one that it does not have or that they are not given', async () => {
    const served = await servedLogToVerify(app.publicOrigin);
    const entries = served.entries.map(({ entry }) => entry);
    const compare = (published: readonly PublishedReaders[]) => compareReaders(published, entries, served.witnessed);
    expect(served.published.map(({ id }) => id).sort()).toEqual(['msd', 'triage']);
    expect(await compare(served.published)).toEqual([]);

    const { kid, jwk } = await makeKeyPair('agreement');
    const change = (key: { kid: string; jwk: object }) =>
      served.published.map((one) =>
        one.id === 'msd' ? { ...one, readers: { ...one.readers, complaints: [{ ...key, label: '' }] } } : one,
      ) as PublishedReaders[];
    const own = served.published.find(({ id }) => id === 'msd')?.readers.complaints[0]?.kid ?? '';
    expect(await compare(change({ kid, jwk }))).toEqual([
      { kind: 'reader_not_logged', subject: kid },
      { kind: 'reader_withheld', subject: own },
    ]);
    // Nor does a key pass under the name of another.
    expect((await compare(change({ kid: own, jwk }))).map((fault) => fault.kind)).toContain('reader_not_logged');
  });
});

describe('a planted change is found:', () => {
  it('an entry that says something else', async () => {
    const faults = await after(
      `UPDATE key_log_entries SET entry = replace(entry, '"msd"', '"ird"'), agency_id = 'ird' WHERE position = ${SOME}`,
    );
    expect(faults).toContain('head_not_of_this_log');
    expect(await after(`UPDATE key_log_entries SET kid = 'another' WHERE position = ${SOME}`)).toContain(
      'entry_changed',
    );
  });

  it('an entry that is gone', async () => {
    expect(await after(`DELETE FROM key_log_entries WHERE position = ${SOME}`)).toContain('entry_missing');
  });

  it('an entry slipped in', async () => {
    const faults = await after(
      `UPDATE key_log_entries SET position = -position - 1 WHERE position >= 1;
       UPDATE key_log_entries SET position = -position WHERE position < 0;
       INSERT INTO key_log_entries
       SELECT 1, replace(entry, kid, '${NOBODY}'), agency_id, use, '${NOBODY}', act FROM key_log_entries WHERE position = 0`,
    );
    expect(faults).toEqual(expect.arrayContaining(['head_not_of_this_log', 'key_unknown']));
  });

  it('entries in another order', async () => {
    const faults = await after(
      `UPDATE key_log_entries SET position = -1 WHERE position = 0;
       UPDATE key_log_entries SET position = 0 WHERE position = 1;
       UPDATE key_log_entries SET position = 1 WHERE position = -1`,
    );
    expect(faults).toContain('head_not_of_this_log');
  });

  it('a head that the log did not sign', async () => {
    const stranger = await signingKeyOf();
    const text = Buffer.from(kept.split('.')[1] ?? '', 'base64url');
    const forged = await stranger.sign(text, { typ: 'onedoor-key-head' });
    const faults = await after(
      `UPDATE key_log_heads SET head = $1 WHERE number = (SELECT max(number) FROM key_log_heads)`,
      [forged],
    );
    expect(faults).toContain('head_forged');
  });

  it('a cosignature that no witness made', async () => {
    const faults = await after(
      `UPDATE key_log_cosignatures SET cosignature = $1 WHERE head = (SELECT max(number) FROM key_log_heads)`,
      [kept],
    );
    expect(faults).toContain('cosignature_forged');
  });

  it('a key of the tables that is not logged, and one of the log that is in no table', async () => {
    expect(
      await after(
        `DELETE FROM key_log_entries WHERE position = ${LAST} OR kid = (SELECT kid FROM key_log_entries WHERE position = ${SOME})`,
      ),
    ).toEqual(expect.arrayContaining(['key_not_logged']));
    expect(
      await after(
        `INSERT INTO key_log_entries SELECT ${LAST} + 1, replace(entry, kid, $1), agency_id, use, $1, act
           FROM key_log_entries WHERE position = ${SOME}`,
        [NOBODY],
      ),
    ).toEqual(['key_unknown']);
  });

  it('a retirement that was taken out, or never written down', async () => {
    const last = await after(`DELETE FROM key_log_entries WHERE position = ${LAST}`);
    expect(last).toEqual(expect.arrayContaining(['retirement_missing', 'log_cut_off']));
    expect(
      await after(
        `UPDATE staff_keys SET retired_at = now() WHERE kid = (SELECT kid FROM key_log_entries WHERE position = ${SOME})`,
      ),
    ).toContain('retirement_missing');
  });

  it('a log cut off together with its heads, by a head that was noted', async () => {
    const faults = await after(
      `WITH last AS (SELECT max(number) AS number FROM key_log_heads),
            c AS (DELETE FROM key_log_cosignatures WHERE head = (SELECT number FROM last)),
            h AS (DELETE FROM key_log_heads WHERE number = (SELECT number FROM last))
       DELETE FROM key_log_entries
        WHERE position >= (SELECT max(size) FROM key_log_heads WHERE number < (SELECT number FROM last))`,
      [],
      kept,
    );
    expect(faults).toContain('log_cut_off');
  });
});

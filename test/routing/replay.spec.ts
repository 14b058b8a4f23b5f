import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { configPath } from '../../src/agencies/data-file.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { makeReference } from '../../src/cases/case-reference.js';
import { openCase } from '../../src/cases/open-case.js';
import { decide } from '../../src/routing/decide.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';
import type { Facets } from '../../src/routing/facets.js';
import { recordOf, replay, replayRecord } from '../../src/routing/replay.js';
import { loadRulesetFiles } from '../../src/routing/ruleset-files.js';
import { storedDecisions, type StoredDecision } from '../../src/routing/stored-decisions.js';
import { runCommand } from '../support/command.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { anyFacets } from './any-facets.js';
import { FIRST, makeRulesFolder, type RulesFolder } from './rules-folder.js';

const ROOT = join(import.meta.dirname, '..', '..');
const ACTOR = { kind: 'system', name: 'routing_replay' } as const;
const directory = loadDirectory();
const catalogue = loadFacetCatalogue();
const files = loadRulesetFiles(configPath('routing'), directory, catalogue);
const byVersion = (version: string) => files.get(version)?.ruleset;

let fresh: TestDatabase;
let owner: Client;
let database: Database;
let rules: RulesFolder;

beforeAll(async () => {
  fresh = await freshDatabase();
  owner = new Client({ connectionString: fresh.ownerUrl });
  await owner.connect();
  database = new Database(await createDataSource(fresh.applicationUrl, []).initialize());
  rules = await makeRulesFolder();
  await rules.add('2027-01-01', 'msd', 'ombudsman');
  await owner.query(`INSERT INTO agencies (id) VALUES ('msd'), ('ombudsman'), ('ird'), ('triage')`);
});

afterAll(async () => {
  await database.dataSource.destroy();
  await owner.end();
  await fresh.drop();
  await rules.remove();
});

interface Decided {
  readonly facets: Facets;
  readonly ruleset: string;
  readonly rules: readonly string[];
  readonly decidedFor: string | null;
}

async function store(made: Decided, chosen: string | null = null): Promise<string> {
  const id = randomUUID();
  await database.asActor({ kind: 'public' }, (manager) =>
    openCase(manager, {
      ...made,
      id,
      reference: makeReference(),
      agencyId: 'triage',
      path: 'complaint',
      delivery: 'triage_desk',
      chosen,
      sealedWhere: 'browser',
      lodgedOn: '2026-12-01',
      epochs: [],
      grants: [],
      items: [],
      mailbox: { idHash: Buffer.from(id), agreementJwk: {}, signingJwk: {}, sealedPrivate: '', notifySealed: null },
    }),
  );
  return id;
}

async function clear(): Promise<void> {
  await owner.query('TRUNCATE cases CASCADE');
}

/** Complaints in bulk about one organisation, all lodged on few days, so that a page ends within a day. */
async function storeMany(count: number, about: string, decidedFor: string | null, agency = 'triage'): Promise<void> {
  await owner.query(
    `INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, decided_for, sealed_where,
                        status, lodged_on)
     SELECT gen_random_uuid(), gen_random_uuid()::text, $4, 'complaint', 'direct', $2::jsonb, $5, '{}', $3, 'browser',
            'placed', date '2026-12-01' + (n % 3)::int
       FROM generate_series(1, $1::int) n`,
    [
      count,
      JSON.stringify({ danger: 'none', classified: 'no', relationship: 'service_user', about, topic: 'benefit' }),
      decidedFor,
      agency,
      FIRST,
    ],
  );
}

function read<T>(work: (pages: AsyncIterable<readonly StoredDecision[]>) => Promise<T>, last = 5000): Promise<T> {
  return database.asActor(ACTOR, (manager) => work(storedDecisions(manager, last)));
}

const complaints = anyFacets(catalogue, directory, { danger: 'none', classified: 'no' })
  .map((facets) => ({ facets, version: [...files.keys()] }))
  .chain(({ facets, version }) => fc.record({ facets: fc.constant(facets), version: fc.constantFrom(...version) }));

describe('a decision on record', () => {
  afterAll(clear);

  it('comes out again byte for byte by the ruleset it names', async () => {
    await fc.assert(
      fc.asyncProperty(complaints, async ({ facets, version }) => {
        const ruleset = byVersion(version);
        if (!ruleset) throw new Error('no ruleset');
        const decision = decide(ruleset, directory, facets);
        fc.pre(decision.path === 'complaint');
        await store({ facets, ...recordOf(decision) });
        const [stored] = await read(async (pages) => {
          for await (const page of pages) return page;
          return [];
        }, 1);
        // What the database gives back of the facets, in its own order of keys, decides the same to the last letter.
        const again = decide(ruleset, directory, stored?.facets as Facets);
        expect(stored?.facets).toEqual(facets);
        expect(JSON.stringify(again)).toBe(JSON.stringify(decision));
        await clear();
      }),
      { numRuns: 60 },
    );
  });

  it('of hundreds of all kinds comes out as recorded, and one that was tampered with does not', async () => {
    const made = fc.sample(complaints, 400).flatMap(({ facets, version }): Decided[] => {
      const ruleset = byVersion(version);
      const decision = ruleset && decide(ruleset, directory, facets);
      return decision?.path === 'complaint' ? [{ facets, ...recordOf(decision) }] : [];
    });
    for (const one of made) await store(one);
    const report = await read((pages) => replayRecord(pages, byVersion, directory));
    expect(report).toEqual({ looked: made.length, differing: new Map() });
    await owner.query(
      `UPDATE cases SET rules = array_append(rules, 'x') WHERE id = (SELECT id FROM cases WHERE ruleset = $1 LIMIT 1)`,
      [FIRST],
    );
    const after = await read((pages) => replayRecord(pages, byVersion, directory));
    expect(after.differing).toEqual(new Map([[FIRST, 1]]));
  });

  // Written down when the ruleset was published: what decides may be rewritten, what was decided may not change.
  it('of the first ruleset comes out as it did on the day it was published', () => {
    const path = join(ROOT, 'test', 'routing', 'vectors', `${FIRST}.json`);
    const recorded = JSON.parse(readFileSync(path, 'utf8')) as { facets: Facets; rules: string[] }[];
    const ruleset = byVersion(FIRST);
    if (!ruleset) throw new Error('no ruleset');
    expect(recorded.length).toBeGreaterThan(100);
    for (const { facets, ...was } of recorded) {
      const {
        outcome,
        path: way,
        destination,
        alternatives,
        warnings,
        rules: fired,
      } = decide(ruleset, directory, facets);
      expect({
        outcome,
        path: way,
        destination: destination?.id ?? null,
        alternatives: alternatives.map(({ id }) => id),
        warnings: warnings.map(({ code: warning }) => warning),
        rules: fired,
      }).toEqual(was);
    }
  });
});

describe('what would move', () => {
  beforeAll(async () => {
    await storeMany(700, 'msd', 'msd');
    await storeMany(40, 'msd', null);
    await storeMany(620, 'ird', 'ird', 'ird');
    const facets = { danger: 'none', classified: 'no', relationship: 'service_user', about: 'msd', topic: 'benefit' };
    const decided = { facets: facets as unknown as Facets, ruleset: FIRST, rules: [], decidedFor: 'msd' };
    await store(decided, 'hrc'); // chosen by the person
    const referred = await store(decided);
    await owner.query(
      `INSERT INTO referrals (id, case_id, number, from_agency, to_agency, reason, share_identity, state, proposed_by,
                              proposed_on, consent, accepted_by, accepted_on)
       VALUES (gen_random_uuid(), $1, 1, 'triage', 'msd', 'other', false, 'granted', gen_random_uuid(), now(), 'given',
               gen_random_uuid(), now())`,
      [referred],
    );
    await owner.query(
      `INSERT INTO cases (id, reference, agency_id, path, delivery, ruleset, rules, sealed_where, status, lodged_on)
       VALUES (gen_random_uuid(), 'd', 'triage', 'disclosure', 'triage_desk', $1, '{}', 'browser', 'placed', '2026-12-01')`,
      [FIRST],
    );
  });
  afterAll(clear);

  it('is counted over every complaint once, and what a human placed is counted apart', async () => {
    const ruleset = loadRulesetFiles(rules.path, directory, catalogue).get('2027-01-01')?.ruleset;
    if (!ruleset) throw new Error('no ruleset');
    expect(await read((pages) => replay(pages, ruleset, directory))).toEqual({
      version: '2027-01-01',
      looked: 1362,
      unchanged: 620,
      pinned: 2,
      moves: [
        { from: { kind: 'agency', id: 'msd' }, to: { kind: 'agency', id: 'ombudsman' }, count: 700 },
        { from: { kind: 'desk' }, to: { kind: 'agency', id: 'ombudsman' }, count: 40 },
      ],
    });
  });

  it('looks at the newest first, and at no more than asked', async () => {
    const seen = await read(async (pages) => {
      let count = 0;
      for await (const page of pages) count += page.length;
      return count;
    }, 1001);
    expect(seen).toBe(1001);
  });
});

describe('npm run routing:replay', () => {
  const run = (words: readonly string[], environment: Record<string, string> = {}) =>
    runCommand('src/routing/replay-command.ts', words, {
      DATABASE_URL: fresh.applicationUrl,
      ROUTING_RULES: rules.path,
      ...environment,
    });
  beforeAll(async () => {
    await storeMany(1200, 'msd', 'msd');
    await storeMany(3, 'ird', 'ird');
  });
  afterAll(clear);

  it('prints what would move, from where to where, and changes nothing', async () => {
    const all = async () =>
      (await owner.query<{ line: string }>(`SELECT c::text AS line FROM cases c ORDER BY id`)).rows;
    const before = await all();
    expect(await run(['2027-01-01'])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Ruleset 2027-01-01, over the last 1,203 decisions on complaints. Disclosures are left out: their facets are sealed.',
        '1,200 of the last 1,203 would move from msd to ombudsman',
        '3 would go where they went.',
        '0 were placed by a human, who chose or took them on, and would not move.',
        'Nothing was changed.',
        '',
      ].join('\n'),
    });
    expect((await run(['2027-01-01', '--last', '10'])).stdout).toContain(' of the last 10 would move');
    expect(await all()).toEqual(before);
    expect((await owner.query('SELECT FROM audit_entries')).rowCount).toBe(0);
  });

  it('without a version says whether every decision comes out as it is on record', async () => {
    // These were put there without the rules that fired.
    const found = await run([]);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`1,203 decided by ${FIRST} come out otherwise than is on record`);
  });

  it('refuses what it does not know, and says in one sentence that nothing can be read', async () => {
    expect(await run(['2030-01-01'])).toMatchObject({
      code: 1,
      stderr: `There is no such ruleset; there are ${FIRST}, 2027-01-01.\n`,
    });
    for (const words of [['2027-01-01', 'more'], ['--last', '0'], ['--last']]) {
      expect(await run(words)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Say a version, /) });
    }
    const away = await run(['2027-01-01'], { DATABASE_URL: 'postgres://sentinel@127.0.0.1:1/none' });
    expect(away).toMatchObject({ code: 2, stderr: 'The decisions could not be read: see that the database runs.\n' });
  });
});

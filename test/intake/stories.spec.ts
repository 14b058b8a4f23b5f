import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { until } from '../support/until.js';
import { startApp, type TestApp } from '../support/app.js';
import { Officer } from '../support/officer.js';
import { type Lodged, Owner, type Problem, readersOf, seal, submit } from './door.js';
import { at } from './forged.js';

interface Scenario {
  readonly id: string;
  readonly story: string;
  readonly facets: Readonly<Record<string, string>>;
  readonly expect: { readonly outcome: string };
}
interface Decision {
  readonly outcome: 'route' | 'triage' | 'stop';
  readonly path: 'complaint' | 'disclosure' | null;
  readonly destination: { readonly id: string } | null;
}
/** Where a story went, by the decision and as it was lodged. */
interface Told {
  readonly scenario: Scenario;
  readonly decision: Decision;
  readonly agencyId: string;
  readonly sealedWhere: 'browser' | 'arrival';
  readonly lodged: Lodged;
}

const { scenarios } = load(readFileSync('config/routing/scenarios/routing.yaml', 'utf8')) as { scenarios: Scenario[] };
const OPEN = ['ombudsman', 'psc', 'ipca', 'msd', 'triage'];

let app: TestApp;
let owner: Owner;
const officers = new Map<string, Officer>();

beforeAll(async () => {
  app = await startApp({ ROLE: 'all' });
  owner = await Owner.of(app);
  for (const id of OPEN) officers.set(id, await Officer.at(app, id));
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

async function decide(facets: object): Promise<Decision> {
  const response = await fetch(`${app.publicOrigin}/api/v1/routing/decisions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(facets),
  });
  return (await response.json()) as Decision;
}

/** Sealed as a browser would: for the readers that the public directory names. */
async function sealedBody(
  { path }: Decision,
  receiver: string,
  facets: object,
  statement: Record<string, unknown>,
): Promise<object> {
  const readers = await readersOf(app, receiver, path === 'disclosure' ? 'disclosures' : 'complaints');
  const { submission } = await seal({ readers, receiver, statement });
  return { facets, ...submission };
}

interface Placed {
  readonly id: string;
  readonly reference: string;
  readonly agency_id: string;
  readonly path: string;
  readonly delivery: string;
  readonly status: string;
  readonly sealed_where: string;
  readonly facets: object | null;
  readonly due_on: string | null;
}

function placed(): Promise<Placed[]> {
  return owner.rows<Placed>(
    `SELECT c.id, c.reference, c.agency_id, c.path, c.delivery, c.status, c.sealed_where, c.facets,
            to_char(k.due_on, 'YYYY-MM-DD') AS due_on
       FROM cases c LEFT JOIN clocks k ON k.case_id = c.id`,
  );
}

async function allPlaced(): Promise<void> {
  await until('every case is placed', async () => (await placed()).every(({ status }) => status === 'placed'), 120_000);
}

/** Tables that change while nobody lodges: the queue's own, and the audit tree that takes in what was there before. */
const KEPT_BY_THE_WORKER = /^bullmq\.|(?:audit_(?:pending|leaves|nodes|heads)|key_log_(?:entries|heads|cosignatures))$/;

describe('the stories of the scenarios', () => {
  const stopping: Scenario[] = [];
  const told: Told[] = [];

  it('that stop are refused, and of none is anything stored', async () => {
    // The worker keeps house meanwhile; no story may leave a trace in any of the other tables.
    const counts = async (): Promise<object> =>
      Object.fromEntries(Object.entries(await owner.counts()).filter(([name]) => !KEPT_BY_THE_WORKER.test(name)));
    const before = await counts();
    for (const [i, scenario] of scenarios.entries()) {
      const { facets, story } = scenario;
      if ((await decide(facets)).outcome !== 'stop') continue;
      stopping.push(scenario);
      const statement = { whatHappened: story };
      const sealed = await sealedBody({ outcome: 'stop', path: null, destination: null }, 'triage', facets, statement);
      const response = await submit(app, i % 2 === 0 ? { facets, statement } : sealed);
      const { status, code } = (await response.json()) as Problem;
      expect({ id: scenario.id, status, code }).toEqual({ id: scenario.id, status: 422, code: 'stopped' });
    }
    expect(await counts()).toEqual(before);
    expect(stopping.map(({ id }) => id)).toEqual(
      scenarios.filter((scenario) => scenario.expect.outcome === 'stop').map(({ id }) => id),
    );
  });

  it('that go on are lodged, half of them sealed by the client', async () => {
    const tell = async (scenario: Scenario, i: number): Promise<void> => {
      const { facets, story } = scenario;
      const decision = await decide(facets);
      if (decision.outcome === 'stop') return;
      const decided = decision.outcome === 'route' ? (decision.destination?.id ?? '') : '';
      const agencyId = OPEN.includes(decided) ? decided : 'triage';
      const statement = { whatHappened: story };
      const sealedWhere = i % 2 === 0 ? 'arrival' : 'browser';
      const body = i % 2 === 0 ? { facets, statement } : await sealedBody(decision, agencyId, facets, statement);
      const response = await submit(app, body);
      expect({ id: scenario.id, status: response.status, body: await response.clone().text() }).toMatchObject({
        status: 201,
      });
      told.push({ scenario, decision, agencyId, sealedWhere, lodged: (await response.json()) as Lodged });
    };
    const left = [...scenarios.entries()];
    const teller = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) await tell(next[1], next[0]);
    };
    await Promise.all(Array.from({ length: 6 }, teller));
    expect(told.length + stopping.length).toBe(scenarios.length);
    expect(new Set(told.map(({ sealedWhere }) => sealedWhere)).size).toBe(2);
    // Otherwise the next two would say nothing about four doors and a desk.
    expect(new Set(told.map(({ agencyId }) => agencyId))).toEqual(new Set(OPEN));
  });

  it('are placed by the worker where the decision said, due on the day that was promised', async () => {
    await allPlaced();
    const cases = await placed();
    expect(cases).toHaveLength(told.length);
    for (const { scenario, decision, agencyId, sealedWhere, lodged } of told) {
      const found = cases.find(({ reference }) => reference === lodged.reference);
      expect({ id: scenario.id, ...found }).toMatchObject({
        id: found?.id,
        agency_id: agencyId,
        path: decision.path,
        delivery: agencyId === 'triage' ? 'triage_desk' : 'direct',
        sealed_where: sealedWhere,
        due_on: lodged.dueOn,
      });
      expect(lodged.delivery).toBe(found?.delivery);
      // What a disclosure is about lies sealed with it.
      expect({ id: scenario.id, facets: found?.facets !== null }).toEqual({
        id: scenario.id,
        facets: decision.path === 'complaint',
      });
    }
  });

  it('are opened by the receiver’s officer to the identical text, and by no other', async () => {
    const cases = await placed();
    for (const { scenario, agencyId, lodged } of told) {
      const { id = '' } = cases.find(({ reference }) => reference === lodged.reference) ?? {};
      const read = await officers.get(agencyId)?.read(id);
      expect(read?.statement?.whatHappened).toBe(scenario.story);
    }
    const { agencyId, lodged } = at(told, 0);
    const { id = '' } = cases.find(({ reference }) => reference === lodged.reference) ?? {};
    const other = officers.get(agencyId === 'msd' ? 'psc' : 'msd');
    await expect(other?.read(id)).rejects.toThrow();
  });
});

describe('words of every script', () => {
  const texts: [what: string, text: string][] = [
    ['te reo Māori', 'Ko Kōwhai tōku ingoa; i whakakāhoretia taku tono. Āe, ānei: “Tēnā koe”.'],
    ['letters composed and decomposed', 'M\u0101ori and Ma\u0304ori, \u212b and \u00c5'],
    ['emoji and their joiners', '😀👩🏽‍🚒🏳️‍🌈🇳🇿 ❤️ 0️⃣ \u{1fae0}'],
    ['right-to-left', 'قالوا «لا» ثم 3 مرات. שלום \u200fabc\u202e!'],
    ['astral letters', '𝓣𝓱𝓮 𐐷𐐷 𠮷野家 \u{10ffff}'],
    ['line ends and tabs of every kind', 'one\r\ntwo\nthree\rfour\tfive\u2028six\u00a0'],
    ['what other languages would take for code', "<script>alert(1)</script>' OR 1=1; -- {{7*7}} ${x} \\u0041 %00 \\"],
    ['numbers and names of objects', '__proto__ constructor null 1e999 {"a":1}'],
    ['as many letters as there may be', 'ā🙂'.repeat(10_000)],
  ];

  it.each(texts)('come out as they went in: %s', async (_what, text) => {
    const facets = {
      danger: 'none',
      classified: 'no',
      about: 'msd',
      topic: 'benefit',
      stage: 'waiting',
      relationship: 'service_user',
    };
    const short = text.slice(0, 510); // cuts no pair of the longest in two
    const words = { whatHappened: text, outcomeSought: short, who: short, when: short, where: short };
    const decision = await decide(facets);
    const agencyId = decision.destination?.id ?? '';
    expect(OPEN).toContain(agencyId);
    const answers = [
      await submit(app, { facets, statement: { ...words, identity: short } }),
      await submit(app, await sealedBody(decision, agencyId, facets, words)),
    ];
    for (const [i, answer] of answers.entries()) {
      expect(answer.status).toBe(201);
      const { reference } = (await answer.json()) as Lodged;
      const [{ id } = { id: '' }] = await owner.rows<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [
        reference,
      ]);
      const read = await officers.get(agencyId)?.read(id);
      expect(read?.statement).toMatchObject(words);
      if (i === 0) expect(read?.identity).toMatchObject({ identity: short });
    }
  });
});

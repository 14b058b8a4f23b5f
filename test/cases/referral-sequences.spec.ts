import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReferralsService } from '../../src/cases/referrals/referrals.service.js';
import { VaultError } from '../../src/vault/suite.js';
import { KnownError } from '../../src/web/errors.js';
import { NotGiven, renewKey, startDesk, type Answer, type Desk } from './desk.js';
import { accept, decline, open, openAgency, Person, propose, seat, sendAgain, type AtDesk } from './handing-on.js';
import { lodge, wordsOf, type LodgedCase } from './sealed-cases.js';

const AGENCIES = ['ombudsman', 'hdc', 'ipca'] as const;
const ACTS = [
  'propose',
  'propose with identity',
  'agree',
  'agree to less',
  'take back',
  'refuse',
  'ground',
  'withdraw',
  'accept',
  'colleague accepts',
  'decline',
  'open',
  'renew key',
  'grant again',
  'go on',
  'stay',
] as const;
/** What the state of a referral waits for, so that a way goes on more often than it ends. */
const NEXT: Readonly<Record<string, Act>> = {
  held: 'go on',
  proposed: 'agree',
  consulted: 'accept',
  grant_again: 'grant again',
  granted: 'open',
};
/** These ask for something and seal it first, and end there where it is not given to them or cannot be opened. */
const SEALING: readonly Act[] = ['propose', 'propose with identity', 'open', 'grant again'];
type Act = (typeof ACTS)[number];

let desk: Desk;
let lead: AtDesk;
const staff = new Map<string, readonly [AtDesk, AtDesk]>();

beforeAll(async () => {
  desk = await startDesk();
  for (const agency of AGENCIES) staff.set(agency, await openAgency(desk, agency));
  lead = await seat(desk, 'triage', ['system_lead']);
});

afterAll(async () => {
  await desk.close();
});

interface Now {
  readonly agency: string;
  readonly id: string | null;
  readonly state: string | null;
  readonly to: string | null;
}

async function now(caseId: string): Promise<Now> {
  const [row] = await desk.rows<Now & { agency: string }>(
    `SELECT c.agency_id AS agency, r.id, r.state, r.to_agency AS "to" FROM cases c
       LEFT JOIN LATERAL (SELECT * FROM referrals WHERE case_id = c.id ORDER BY number DESC LIMIT 1) r ON true
      WHERE c.id = $1`,
    [caseId],
  );
  if (!row) throw new Error('the case is gone');
  return row;
}

const at = (agency: string | null, who = 0): AtDesk => {
  const one = staff.get(agency ?? '')?.[who];
  if (!one) throw new Error('nobody works there');
  return one;
};

/** Does one act; what is refused, or cannot be sealed, changes nothing. Anything else is a fault of the server. */
async function act(lodged: LodgedCase, person: Person, asked: Act | 'next'): Promise<void> {
  const { agency, id, to, state } = await now(lodged.id);
  const what = asked === 'next' ? (NEXT[state ?? ''] ?? 'propose with identity') : asked;
  const service = desk.app.get(ReferralsService);
  const others = AGENCIES.filter((one) => one !== agency);
  const done = async (): Promise<Answer | undefined> => {
    if (what.startsWith('propose')) {
      const next = others[id === null ? 0 : id.charCodeAt(0) % others.length] ?? 'hdc';
      return (await propose(at(agency), lodged, next, { shareIdentity: what === 'propose with identity' })).answer;
    }
    if (id === null) return undefined;
    const review = async (): Promise<string> =>
      (await desk.rows<{ id: string }>('SELECT id FROM lead_reviews WHERE referral_id = $1', [id]))[0]?.id ?? id;
    switch (what) {
      case 'agree':
        await person.agree(id, ['case', 'identity']);
        return undefined;
      case 'agree to less':
        await person.agree(id);
        return undefined;
      case 'take back':
        await person.takeBack(id);
        return undefined;
      case 'refuse':
        await person.refuse(id);
        return undefined;
      case 'ground':
        await service.ground(at(agency, 1).who.actor, id, 'serious_threat');
        return undefined;
      case 'withdraw':
        await service.withdraw(at(agency).who.actor, id);
        return undefined;
      case 'accept':
        return accept(at(to), id);
      case 'colleague accepts':
        return accept(at(to, 1), id);
      case 'decline':
        return decline(at(to), id);
      case 'open':
        return open(at(to), id);
      case 'renew key':
        await renewKey(desk, at(to).who);
        return undefined;
      case 'grant again':
        return sendAgain(at(agency), id);
      case 'go on':
        await service.decide(lead.who.actor, await review(), { decision: 'go_on' });
        return undefined;
      case 'stay':
        await service.decide(lead.who.actor, await review(), { decision: 'stay' });
        return undefined;
      case 'propose':
      case 'propose with identity':
        return undefined;
    }
  };
  try {
    const answer = await done();
    if (answer) expect([204, 404, 409, 422]).toContain(answer.status);
  } catch (error) {
    if (error instanceof KnownError) return;
    if (!SEALING.includes(what)) throw error;
    if (error instanceof NotGiven) expect([404, 409]).toContain(error.answer.status);
    else if (!(error instanceof VaultError)) throw error;
  }
}

const oneAct = fc.oneof(
  { arbitrary: fc.constant('next' as const), weight: 3 },
  { arbitrary: fc.constantFrom(...ACTS), weight: 2 },
);

/** What must be true after every act. */
async function requireTrue(lodged: LodgedCase, had: Set<string>): Promise<void> {
  const { agency, state, to, id } = await now(lodged.id);
  had.add(agency);
  const holders: string[] = [];
  for (const one of AGENCIES) {
    if ((await at(one).client.get(`/staff/api/cases/${lodged.id}`)).status === 200) holders.push(one);
  }
  expect(holders).toEqual([agency]);
  const [statement] = await wordsOf(at(agency).client, lodged.id, await at(agency).keys());
  expect(statement?.[1]).not.toBeNull();

  const granted = await desk.rows<{ agency: string }>(
    `SELECT DISTINCT k.agency_id AS agency FROM case_grants g JOIN agency_keys k ON k.kid = g.reader
      WHERE g.case_id = $1 AND g.key IN ('case', 'identity')`,
    [lodged.id],
  );
  const may = new Set([...had, ...(state === 'granted' && to !== null ? [to] : [])]);
  expect(granted.map((row) => row.agency).filter((one) => !may.has(one))).toEqual([]);

  const without = await desk.rows(
    `SELECT 1 FROM referrals WHERE case_id = $1 AND state IN ('consulted', 'granted', 'opened')
        AND consent IS NULL AND ground IS NULL`,
    [lodged.id],
  );
  expect(without).toEqual([]);
  const left = await desk.rows(
    `SELECT 1 FROM referral_grants w JOIN referrals r ON r.id = w.referral_id
      WHERE r.case_id = $1 AND (r.id <> $2 OR r.state NOT IN ('held', 'proposed', 'consulted', 'granted'))`,
    [lodged.id, id],
  );
  expect(left).toEqual([]);
  const running = await desk.rows('SELECT 1 FROM clocks WHERE case_id = $1 AND stopped_on IS NULL', [lodged.id]);
  expect(running).toHaveLength(1);
}

describe('whatever is done with a case, in whatever order', () => {
  it('one agency has it and can read it, and nothing is granted without consent or a ground', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(oneAct, { minLength: 10, maxLength: 20 }), async (acts) => {
        const lodged = await lodge(desk, { agencyId: 'ombudsman', path: 'complaint' });
        const person = await Person.of(desk, lodged);
        const had = new Set<string>();
        for (const what of acts) {
          await act(lodged, person, what);
          await requireTrue(lodged, had);
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { makeAgencyKey } from '../../src/agencies/make-agency-key.js';
import { atOnce, type Answer } from '../cases/desk.js';
import {
  accept,
  open,
  openAgency,
  Person,
  propose,
  sealedOpening,
  sealedProposal,
  sendAgain,
  type AtDesk,
} from '../cases/handing-on.js';
import { lodge, wordsOf, type LodgedCase } from '../cases/sealed-cases.js';
import { AtMailbox, Offices, type WebProcess } from './offices.js';
import { ServerProcess } from './processes.js';

const ROUNDS = 20;

let offices: Offices;
let ana: AtDesk;
let ben: AtDesk;
let bob: AtDesk;
/** Stays; the other is killed and started anew. */
let steady: WebProcess;
let doomed: WebProcess;
/** The receiver's two officers at the steady server. */
let benThere: AtDesk;
let bobThere: AtDesk;

beforeAll(async () => {
  offices = await Offices.open();
  [ana] = await openAgency(offices.desk, 'ombudsman');
  [ben, bob] = await openAgency(offices.desk, 'hdc');
  [steady, doomed] = await Promise.all([offices.serve(), offices.serve()]);
  benThere = await offices.seatAt(steady, ben);
  bobThere = await offices.seatAt(steady, bob);
});

afterAll(async () => {
  await ServerProcess.endAll();
  await offices.desk.close();
});

interface Agreed {
  readonly lodged: LodgedCase;
  readonly id: string;
}

/** A case that the person agreed to be handed on. */
async function agreed(): Promise<Agreed> {
  const lodged = await lodge(offices.desk, { agencyId: 'ombudsman', path: 'complaint', notifySealed: 'sealed' });
  const { id, answer } = await propose(ana, lodged, 'hdc');
  if (answer.status !== 204) throw new Error(answer.text);
  await (await Person.of(offices.desk, lodged)).agree(id);
  return { lodged, id };
}

async function several(count: number): Promise<Agreed[]> {
  const cases: Agreed[] = [];
  for (let i = 0; i < count; i++) cases.push(await agreed());
  return cases;
}

const READERS = `SELECT kid FROM agency_keys WHERE agency_id = 'hdc'
  UNION ALL SELECT k.kid FROM staff_keys k JOIN staff p ON p.id = k.staff_id WHERE p.agency_id = 'hdc'`;
const GRANTED = `(SELECT count(*)::int FROM case_grants g
  WHERE g.case_id = r.case_id AND g.key IN ('case', 'identity') AND g.reader IN (${READERS}))`;

/** All that a referral leaves behind, without the ids and days. */
async function traceOf({ id }: Agreed): Promise<unknown> {
  const [trace] = await offices.watcher.rows(
    `SELECT r.state, r.consent IS NOT NULL AS agreed, r.accepted_by, c.agency_id, c.assigned_to, ${GRANTED} AS granted,
            (SELECT count(*)::int FROM referral_grants w WHERE w.referral_id = r.id) AS withheld,
            ARRAY(SELECT key || '#' || epoch FROM case_epochs WHERE case_id = c.id ORDER BY 1) AS epochs,
            (SELECT count(*)::int FROM case_grants WHERE case_id = c.id) AS grants,
            ARRAY(SELECT kind FROM case_events WHERE case_id = c.id ORDER BY position) AS events,
            ARRAY(SELECT name FROM outbox WHERE case_id = c.id ORDER BY 1) AS promised,
            ARRAY(SELECT (stopped_on IS NULL)::text FROM clocks WHERE case_id = c.id ORDER BY 1) AS running,
            ARRAY(SELECT action FROM audit_entries WHERE case_id = c.id AND action LIKE 'referral.%' AND action NOT LIKE '%_read'
                    ORDER BY 1) AS audited
       FROM referrals r JOIN cases c ON c.id = r.case_id WHERE r.id = $1`,
    [id],
  );
  return trace;
}

/** Sends each of these to the doomed server, and kills it when every one of them is held at its point. */
async function killHeld(
  points: ReadonlyMap<string, string>,
  request: (client: AtDesk, one: Agreed) => Promise<Answer>,
  cases: readonly Agreed[],
): Promise<void> {
  const there = await offices.seatAt(doomed, ben);
  await offices.hold(points);
  const answers = cases.map((one) =>
    request(there, one).then(
      () => 'answered',
      () => 'gone',
    ),
  );
  const pids = await offices.held(cases.length);
  await doomed.process.kill();
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['gone']));
  await offices.letGo(pids);
  doomed = await offices.serve();
}

describe('a web server that is killed', () => {
  it('while the receiver accepts and takes over leaves all of it or nothing, and the retry is answered as ever', async () => {
    const accepting = ['referrals', 'case_grants', 'case_events', 'outbox', 'audit_entries', 'commit'];
    const opening = ['case_epochs', 'case_grants', 'referrals', 'cases', 'clocks', 'case_events', 'commit'];
    const [plain, ...cases] = await several(opening.length + 1);
    if (!plain) throw new TypeError('there is one');
    const before = await traceOf(plain);
    expect((await accept(benThere, plain.id)).status).toBe(204);
    const accepted = await traceOf(plain);
    expect((await open(benThere, plain.id)).status).toBe(204);
    const opened = await traceOf(plain);
    expect(opened).toMatchObject({ state: 'opened', agency_id: 'hdc', running: ['false', 'true'] });

    const held = cases.slice(0, accepting.length);
    const at = (points: readonly string[]) => new Map(points.map((point, i) => [cases[i]?.lodged.id ?? '', point]));
    await killHeld(at(accepting), (there, { id }) => accept(there, id), held);
    for (const [i, one] of held.entries()) {
      // What was to be committed when the server died is there, though nobody was told.
      expect([accepting[i], await traceOf(one)]).toEqual([accepting[i], accepting[i] === 'commit' ? accepted : before]);
    }
    for (const one of cases) {
      for (let times = 0; times < 2; times++) expect((await accept(benThere, one.id)).status).toBe(204);
      expect(await traceOf(one)).toEqual(accepted);
    }

    const sealed = new Map<string, object>();
    for (const { id } of cases) sealed.set(id, await sealedOpening(benThere, id));
    const send = (there: AtDesk, { id }: Agreed) =>
      there.client.post(`/staff/api/referrals/${id}/opening`, sealed.get(id) ?? {});
    await killHeld(at(opening), send, cases);
    for (const [i, one] of cases.entries()) {
      expect([opening[i], await traceOf(one)]).toEqual([opening[i], opening[i] === 'commit' ? opened : accepted]);
      const person = await AtMailbox.open(steady, one.lodged);
      const shown = {
        shared: 1,
        ...(opening[i] === 'commit' ? { agency: 'hdc', state: 'opened' } : { agency: 'ombudsman', state: 'granted' }),
      };
      expect(await person.sees()).toEqual(shown);
      for (let times = 0; times < 2; times++) expect((await send(benThere, one)).status).toBe(204);
      expect(await traceOf(one)).toEqual(opened);
      expect(await person.sees()).toEqual({ agency: 'hdc', state: 'opened', shared: 1 });
      expect((await wordsOf(bobThere.client, one.lodged.id, await bobThere.keys()))[0]?.[1]).not.toBeNull();
    }
  });
});

describe('two officers at two web servers', () => {
  it('who accept the same referral at once: one has it, and the other is told so', async () => {
    const bobElsewhere = await offices.seatAt(doomed, bob);
    for (const one of await several(3)) {
      const both = [benThere, bobElsewhere];
      const answers = await atOnce(
        offices.desk,
        one.lodged.id,
        both.map((officer) => () => accept(officer, one.id)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
      expect(answers.find(({ status }) => status === 409)?.json()).toMatchObject({ code: 'accepted_by_another' });
      const winner = answers[0]?.status === 204 ? ben : bob;
      expect(await traceOf(one)).toMatchObject({ state: 'granted', granted: 1, accepted_by: winner.who.actor.staffId });
    }
  });
});

/** Does this, and looks all the time whether grants are released exactly where they may be. */
async function guarded(work: () => Promise<void>): Promise<void> {
  const wrong: unknown[] = [];
  let [looks, looking] = [0, true];
  const guard = (async () => {
    for (; looking; looks++) {
      const rows = await offices.watcher.rows(
        `SELECT * FROM (SELECT r.state, r.consent IS NOT NULL AS agreed, ${GRANTED} AS granted FROM referrals r) r
          WHERE (granted > 0) <> (state IN ('granted', 'opened') AND agreed)`,
      );
      wrong.push(...rows);
    }
  })();
  try {
    await work();
  } finally {
    looking = false;
    await guard;
  }
  expect(wrong).toEqual([]);
  expect(looks).toBeGreaterThan(ROUNDS);
}

describe('consent that is taken back', () => {
  it('while the receiver accepts: whichever comes first, nothing that was released remains', () =>
    guarded(async () => {
      const benElsewhere = await offices.seatAt(doomed, ben);
      for (const [i, one] of (await several(ROUNDS)).entries()) {
        const { id, lodged } = one;
        const person = await AtMailbox.open(i % 2 === 0 ? steady : doomed, lodged);
        const accepts = async () => (await accept(i % 2 === 0 ? benElsewhere : benThere, id)).status;
        const takesBack = () => person.takeBack(id);
        let took: number | undefined;
        let got: number | undefined;
        if (i % 3 === 0) [got, took] = await offices.inOrder(lodged.id, [accepts, takesBack]);
        else if (i % 3 === 1) [took, got] = await offices.inOrder(lodged.id, [takesBack, accepts]);
        else [got, took] = await Promise.all([accepts(), takesBack()]);
        expect(took).toBe(204);
        if (i % 3 === 0) expect(got).toBe(204);
        else if (i % 3 === 1) expect(got).toBe(404);
        else expect([204, 404, 409]).toContain(got);
        expect(await traceOf(one)).toMatchObject({
          state: 'withdrawn',
          agency_id: 'ombudsman',
          granted: 0,
          withheld: 0,
        });
        expect((await accept(benThere, id)).status).toBe(404);
        expect(await person.sees()).toMatchObject({ agency: 'ombudsman', state: 'withdrawn' });
      }
    }));

  it('while the receiver takes the case over: it is the one or the other, and both are told which', () =>
    guarded(async () => {
      for (const [i, one] of (await several(4)).entries()) {
        const { id, lodged } = one;
        await accept(benThere, id);
        const sealed = await sealedOpening(benThere, id);
        const person = await AtMailbox.open(doomed, lodged);
        const opens = async () => (await benThere.client.post(`/staff/api/referrals/${id}/opening`, sealed)).status;
        const takesBack = () => person.takeBack(id);
        const first = i % 2 === 0;
        const answers = await offices.inOrder(lodged.id, first ? [opens, takesBack] : [takesBack, opens]);
        expect(answers).toEqual(first ? [204, 409] : [204, 404]);
        const ends = first
          ? { state: 'opened', agency_id: 'hdc', agreed: true }
          : { state: 'withdrawn', agency_id: 'ombudsman', granted: 0, withheld: 0 };
        expect(await traceOf(one)).toMatchObject(ends);
        expect(await person.sees()).toMatchObject({ agency: ends.agency_id, state: ends.state });
      }
    }));
});

/** Renews the receiver's key, as after the loss of a device. */
async function renewKey(): Promise<void> {
  await offices.watcher.rows(
    `UPDATE agency_keys SET retired_at = now() WHERE agency_id = 'hdc' AND retired_at IS NULL`,
  );
  const service = offices.desk.app.get(AgencyKeysService);
  await service.makeKey(ben.who.actor, await makeAgencyKey(await service.recipients(ben.who.actor)));
}

describe('a key of the receiver that is renewed', () => {
  it('while its officer takes the case over: what was released is deleted, and it is granted again', async () => {
    const one = await agreed();
    const { id, lodged } = one;
    await accept(benThere, id);
    const sealed = await sealedOpening(benThere, id);
    const sent = await offices.whileLocked(lodged.id, async () => {
      const opens = benThere.client.post(`/staff/api/referrals/${id}/opening`, sealed);
      await offices.waiting(1);
      await renewKey();
      return { opens };
    });
    expect((await sent.opens).json()).toMatchObject({ code: 'grant_again' });
    const back = { state: 'grant_again', agency_id: 'ombudsman', accepted_by: null, granted: 0, withheld: 0 };
    expect(await traceOf(one)).toMatchObject(back);
    expect((await sendAgain(ana, id)).status).toBe(204);
    expect(await traceOf(one)).toMatchObject({ state: 'proposed', agreed: false, granted: 0 });
    await (await Person.of(offices.desk, lodged)).agree(id);
    expect([(await accept(benThere, id)).status, (await open(benThere, id)).status]).toEqual([204, 204]);
    expect((await wordsOf(bobThere.client, lodged.id, await bobThere.keys()))[0]?.[1]).not.toBeNull();
  });

  it('after all was checked and before it is committed: it is handed over, and stays readable', async () => {
    const one = await agreed();
    const { id, lodged } = one;
    await accept(benThere, id);
    const sealed = await sealedOpening(benThere, id);
    await offices.hold(new Map([[lodged.id, 'commit']]));
    const opens = benThere.client.post(`/staff/api/referrals/${id}/opening`, sealed);
    await offices.held(1);
    const renewing = renewKey();
    await Promise.race([renewing, offices.waiting(2)]);
    await offices.letGo();
    await renewing;
    expect((await opens).status).toBe(204);
    expect(await traceOf(one)).toMatchObject({ state: 'opened', agency_id: 'hdc' });
    for (const officer of [benThere, bobThere]) {
      expect((await wordsOf(officer.client, lodged.id, await officer.keys()))[0]?.[1]).not.toBeNull();
    }
  });

  it('while the sender seals for it: nothing is stored, and sealed again it is proposed', async () => {
    const lodged = await lodge(offices.desk, { agencyId: 'ombudsman', path: 'complaint' });
    const sealed = await sealedProposal(ana, lodged, 'hdc');
    await renewKey();
    const refused = await ana.client.post(`/staff/api/cases/${lodged.id}/referrals`, sealed);
    expect([refused.status, (refused.json() as { code: string }).code]).toEqual([409, 'readers_changed']);
    expect(await offices.watcher.count('referrals', 'case_id = $1', [lodged.id])).toBe(0);
    expect((await propose(ana, lodged, 'hdc')).answer.status).toBe(204);
  });
});

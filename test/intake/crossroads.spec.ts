import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { Officer } from '../support/officer.js';
import { FACETS, type Lodged, Owner, type Problem, readersOf, seal, submit } from './door.js';
import { at } from './forged.js';
import { blamedOn, Visitor } from './visitor.js';

/** A disclosure that is decided for the Serious Fraud Office. */
const DISCLOSURE = { ...FACETS, relationship: 'worker', topic: 'fraud', stage: 'unsafe' };
const UNSAFE = { ...FACETS, stage: 'unsafe' };
const WORDS = { whatHappened: 'Words' };

let app: TestApp;
let owner: Owner;
let desk: EnrolledStaffMember[];

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  await openTestAgency(app, 'msd');
  desk = await openTestAgency(app, 'triage');
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

interface Row {
  readonly id: string;
  readonly path: string;
  readonly facets: object | null;
  readonly rules: readonly string[];
  readonly decided_for: string | null;
  readonly chosen: string | null;
}

async function lodged(body: object): Promise<Row> {
  const response = await submit(app, body);
  expect(response.status).toBe(201);
  const { reference } = (await response.json()) as Lodged;
  const columns = 'id, path, facets, rules, decided_for, chosen';
  return at(await owner.rows<Row>(`SELECT ${columns} FROM cases WHERE reference = $1`, [reference]), 0);
}

describe('what was answered before writing', () => {
  it('stands in clear on a complaint, with the rules that fired and both choices', async () => {
    const row = await lodged({ facets: FACETS, statement: WORDS, destination: 'hrc' });
    expect(row).toMatchObject({ path: 'complaint', facets: FACETS, decided_for: 'msd', chosen: 'hrc' });
    expect(row.rules.length).toBeGreaterThan(0);
  });

  it('leaves no trace in the row of a disclosure, wherever it was sealed', async () => {
    const readers = await readersOf(app, 'triage', 'disclosures');
    const { submission } = await seal({ readers, receiver: 'triage' });
    for (const body of [{ statement: WORDS }, submission]) {
      const row = await lodged({ facets: DISCLOSURE, destination: 'oag', ...body });
      expect(row).toMatchObject({ path: 'disclosure', facets: null, rules: [], decided_for: null, chosen: null });
    }
  });

  it('reaches a disclosure’s reader sealed, with the choice of whoever wrote it', async () => {
    const { id } = await lodged({ facets: DISCLOSURE, statement: WORDS, destination: 'oag' });
    const { statement } = await new Officer(app, at(desk, 0)).read(id);
    expect(statement?.facets).toMatchObject({ topic: 'fraud', stage: 'unsafe', destination: 'oag' });
  });

  it('cannot be put in clear on a disclosure by anybody', async () => {
    const { id } = await lodged({ facets: DISCLOSURE, statement: WORDS });
    for (const change of [`rules = '{w-unsafe}'`, `decided_for = 'oag'`, `chosen = 'oag'`]) {
      await expect(owner.rows(`UPDATE cases SET ${change} WHERE id = $1`, [id])).rejects.toThrow(/ck_cases_/);
    }
  });
});

describe('an organisation that it is not safe to go to', () => {
  it.each([
    ['is unsafe', UNSAFE],
    ['is about its head', { ...FACETS, head_implicated: 'yes' }],
  ])('is refused as a destination where that %s', async (_what, facets) => {
    for (const delivery of ['direct', 'triage_desk']) {
      const response = await submit(app, { facets, statement: WORDS, destination: 'msd', delivery });
      const { errors } = (await response.json()) as Problem;
      expect(response.status).toBe(422);
      expect(errors.map(({ field, code }) => [field, code])).toEqual([['destination', 'withheld']]);
    }
  });

  it('is not among the choices of the page, and is refused there in a sentence', async () => {
    const visitor = new Visitor(app);
    const { text } = await visitor.walk(UNSAFE);
    expect(text).toContain('<option value="ombudsman"');
    expect(text).not.toContain('<option value="msd"');
    const refused = await visitor.submit('/decision', { way: 'change', destination: 'msd' });
    expect({ status: refused.status, blamed: blamedOn(refused) }).toEqual({ status: 422, blamed: ['destination'] });
    expect(refused.text).toContain('change that answer');
    expect((await new Visitor(app).walk(FACETS)).text).toContain('<option value="msd"');
  });

  it.each(['own_organisation', 'minister_or_mp'])('nor is %s ever chosen', async (destination) => {
    const response = await submit(app, { facets: FACETS, statement: WORDS, destination });
    const { errors } = (await response.json()) as Problem;
    expect(errors.map(({ code }) => code)).toEqual(['unknown_destination']);
  });
});

describe('a disclosure that goes by the desk', () => {
  const OUTSIDE = 'We cannot say whether the Act protects you while it lies there';

  it('is told so before it is written, and promised no date as law', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.walk(DISCLOSURE)).text).toContain(OUTSIDE);
    await visitor.submit('/decision', { way: 'triage_desk', destination: '' });
    expect((await visitor.get('/write')).text).toContain(OUTSIDE);
    const { text } = await visitor.submit('/write', WORDS);
    expect(text).toContain('First it goes to: The triage desk. They pass it on to: Serious Fraud Office.');
    expect(text).toContain('This is our aim, not a legal limit.');
    expect(text).not.toContain('the law says');
  });

  it('is not told so as a complaint', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.walk({ ...FACETS, about: 'acc', topic: 'injury_claim' })).text).not.toContain(OUTSIDE);
  });
});

describe('the decision page', () => {
  it('says whom its reasons were for, once another was chosen', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.walk(FACETS)).text).not.toContain('Why we suggested');
    await visitor.submit('/decision', { way: 'change', destination: 'hrc' });
    expect((await visitor.get('/decision')).text).toContain('Why we suggested Ministry of Social Development');
  });

  it('shows as fact only what a source confirms', async () => {
    const visitor = new Visitor(app);
    expect((await visitor.walk(FACETS)).text).toContain('It suggests that you speak to the staff member first');
    await visitor.submit('/decision', { way: 'change', destination: 'moe' });
    const { text } = await visitor.get('/decision');
    expect(text).not.toContain('Tell the school or its board first');
    expect(text).toContain('We have not been able to confirm it.');
    const pack = await visitor.get('/pack');
    expect(pack.text).not.toContain('Tell the school or its board first');
    expect(pack.text).toContain('We have not been able to confirm these facts.');
    expect(pack.text).toContain('education.govt.nz</a> (not confirmed)');
  });
});

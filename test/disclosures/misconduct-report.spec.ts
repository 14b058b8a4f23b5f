import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { SealedReport } from '../../src/disclosures/reports/read-reports.js';
import type { Role } from '../../src/staff/roles.js';
import { addedAmong } from '../../src/vault/key-people.js';
import { KeyLog } from '../../src/agencies/key-log/key-log.js';
import { importPublicKey, type FindKey, type PublicKey } from '../../src/vault/keys.js';
import { openReport, sealReport } from '../../src/vault/report.js';
import { writeCursor } from '../../src/cases/list-cursor.js';
import { dayInWords } from '../../src/web/day.js';
import { holdCeremony, renewKey, startDesk, type Answer, type Desk } from '../cases/desk.js';
import { seat, type AtDesk } from '../cases/handing-on.js';

let desk: Desk;
/** Takes reports at the Commission. */
let kiri: AtDesk;
/** Report, from another agency: a disclosure officer and a lead. */
let ana: AtDesk;
let leo: AtDesk;

const TODAY = todayInAuckland();
const PAGE = '/staff/misconduct-report';
const API = '/staff/api/misconduct-reports';
const DESK = '/staff/oversight/reports';
const SAID = { what: 'Sentinel: the gifts were taken', done: 'Sentinel: it is looked into' };

beforeAll(async () => {
  desk = await startDesk();
  ana = await seat(desk, 'msd', ['disclosure_officer']);
  leo = await seat(desk, 'msd', ['lead']);
});
afterAll(() => desk.close());

/** What the page gives its script. */
function given({ text }: Answer, id: string): unknown {
  const json = new RegExp(`id="${id}"[^>]*data-json="([^"]*)"`).exec(text)?.[1] ?? 'null';
  return JSON.parse(json.replaceAll('&quot;', '"').replaceAll('&#92;', '\\')) as unknown;
}

async function readerFor(by: AtDesk): Promise<PublicKey> {
  return (given(await by.client.get(PAGE), 'to') as { reader: PublicKey }).reader;
}

/** What a browser makes of a report. */
async function made(by: AtDesk, change: { from?: string; signer?: AtDesk; report?: string } = {}): Promise<Sent> {
  const { signing } = await (change.signer ?? by).keys();
  const id = crypto.randomUUID();
  const place = { report: change.report ?? id, from: change.from ?? by.who.actor.agencyId };
  return { id, jwe: await sealReport({ ...place, reader: await readerFor(by), signer: signing, content: SAID }) };
}

interface Sent {
  readonly id: string;
  readonly jwe: string;
}

const send = (by: AtDesk, sent: object): Promise<Answer> => by.client.post(API, sent);

async function reported(by: AtDesk): Promise<Sent> {
  const sent = await made(by);
  expect((await send(by, sent)).status).toBe(201);
  return sent;
}

type Given = SealedReport & { readonly from: string };

/** Opens it as the Commission's browser does, from what its page holds. */
async function opened(page: Answer, change: Partial<Given> = {}): Promise<unknown> {
  const { id: report, from, jwe, signers, proof } = { ...(given(page, 'words') as Given), ...change };
  const [reader] = (await kiri.keys()).agency.values();
  if (!reader) throw new Error('The Commission has no key.');
  const verify: FindKey = (kid) => {
    const key = signers.find((one) => one.kid === kid);
    return key && importPublicKey(key, 'signing');
  };
  const { content, signedBy } = await openReport({ jwe, expect: { report, from }, reader, verify });
  const { pins } = desk.app.get(KeyLog, { strict: false });
  const logged = await addedAmong({ proof, pins, agency: from, uses: ['signing'], kids: [signedBy] });
  return [content, logged.has(signedBy)];
}

const stored = (id: string): Promise<Record<string, unknown>[]> =>
  desk.rows(
    `SELECT from_agency, to_agency, made_by, to_char(made_on, 'YYYY-MM-DD') AS made_on, received_by,
            to_char(received_on, 'YYYY-MM-DD') AS received_on FROM misconduct_reports WHERE id = $1`,
    [id],
  );

describe('oversight: while the Commission has no open keys, serious misconduct', () => {
  it('cannot be reported here, and the page says where else', async () => {
    const { status, text } = await ana.client.get(PAGE);
    expect([status, text.includes('id="not-taken"'), text.includes('id="report"')]).toEqual([200, true, false]);
    expect(text).toContain('href="https://publicservice.govt.nz"');
    kiri = await seat(desk, 'psc', ['officer', 'overseer']);
    const { kid, jwk } = kiri.who.agreement;
    const { signing } = await ana.keys();
    const id = crypto.randomUUID();
    const reader = { kid, jwk };
    const jwe = await sealReport({ report: id, from: 'msd', reader, signer: signing, content: SAID });
    const refused = await send(ana, { id, jwe });
    expect([refused.status, refused.json()]).toMatchObject([409, { code: 'reports_not_taken' }]);
    await holdCeremony(desk, kiri.who);
    expect((await ana.client.get(PAGE)).text).toContain('id="not-taken"');
    await desk.rows(`UPDATE agencies SET open_for_intake = true WHERE id = 'psc'`);
    expect((await ana.client.get(PAGE)).text).toContain('id="report"');
  });
});

describe('oversight: serious misconduct can be reported centrally to the Commission', () => {
  it('by a disclosure officer or a lead, once however often it is sent', async () => {
    const sent = await made(ana);
    const answers = [
      await send(ana, sent),
      await send(ana, sent),
      ...(await Promise.all([send(ana, sent), send(ana, sent)])),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      answers.map(() => [201, JSON.stringify({ sentOn: TODAY })]),
    );
    const row = { from_agency: 'msd', to_agency: 'psc', made_on: TODAY, received_on: null, received_by: null };
    expect(await stored(sent.id)).toEqual([{ ...row, made_by: ana.who.actor.staffId }]);
    const twice = await made(leo);
    const both = await Promise.all([send(leo, twice), send(leo, twice)]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(await stored(twice.id)).toHaveLength(1);
  });

  it('is answered as the first time also when the key has changed since, and a new one must have the new key', async () => {
    const sent = await reported(ana);
    const late = await made(ana);
    await renewKey(desk, kiri.who);
    expect((await send(ana, sent)).status).toBe(201);
    expect([await send(ana, late)].map((answer) => [answer.status, answer.json()])).toMatchObject([
      [409, { code: 'key_changed' }],
    ]);
    expect(await stored(late.id)).toEqual([]);
  });

  it('under an id that is taken is a conflict, whoever took it, and changes nothing', async () => {
    const sent = await reported(ana);
    const { signing } = await leo.keys();
    const place = { report: sent.id, from: 'msd', reader: await readerFor(leo) };
    const jwe = await sealReport({ ...place, signer: signing, content: SAID });
    for (const by of [ana, leo]) {
      const answer = await send(by, { id: sent.id, jwe });
      expect([answer.status, answer.json()]).toMatchObject([409, { code: 'report_taken' }]);
    }
    expect(await desk.rows('SELECT jwe FROM misconduct_reports WHERE id = $1', [sent.id])).toEqual([{ jwe: sent.jwe }]);
  });

  it('is not taken where it is sealed as another report, as another agency’s, or not at all', async () => {
    for (const sent of [
      await made(ana, { from: 'ird' }),
      await made(ana, { report: crypto.randomUUID() }),
      { id: crypto.randomUUID(), jwe: 'AA.AA.AA.AA.AA' },
      { ...(await made(ana)), id: 'none' },
    ]) {
      expect((await send(ana, sent)).status).toBe(422);
    }
  });

  it('is sent twenty times a day by one person at most, also at once, and by others all the same', async () => {
    const own = [leo.who.actor.staffId, todayInAuckland()];
    const [before] = await desk.rows<{ n: number }>(
      'SELECT count(*)::int AS n FROM misconduct_reports WHERE made_by = $1 AND made_on = $2',
      own,
    );
    await desk.rows(
      `INSERT INTO misconduct_reports (id, from_agency, to_agency, made_by, made_on, jwe)
       SELECT gen_random_uuid(), 'msd', 'psc', $1, $2, 'AA.AA.AA.AA.AA' FROM generate_series(1, $3::int)`,
      [...own, 19 - (before?.n ?? 0)],
    );
    const more = [await made(leo), await made(leo), await made(leo)];
    const answers = await Promise.all(more.map((sent) => send(leo, sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(answer.json()).toMatchObject({ code: 'too_many_reports' });
    }
    // The last one is answered as it was, also where it is sent twice at once.
    const stands = more[answers.findIndex(({ status }) => status === 201)] ?? null;
    expect((await send(leo, { ...stands })).status).toBe(201);
    await desk.rows('DELETE FROM misconduct_reports WHERE id = $1', [stands?.id]);
    const twice = await Promise.all([send(leo, { ...stands }), send(leo, { ...stands })]);
    expect(twice.map(({ status }) => status)).toEqual([201, 201]);
    await reported(ana);
    await desk.rows(`DELETE FROM misconduct_reports WHERE jwe = 'AA.AA.AA.AA.AA'`);
  });

  it('is read by the Commission’s overseer who is an officer, and said to be received, once', async () => {
    const sent = await reported(ana);
    const list = await kiri.client.get(DESK);
    expect(list.text).toContain(`href="${DESK}/${sent.id}"`);
    expect(list.text).toContain('Ministry of Social Development');
    const path = `${DESK}/${sent.id}`;
    const page = await kiri.client.get(path);
    expect(await opened(page)).toEqual([SAID, true]);
    expect(page.text).not.toContain('Sentinel');

    expect((await ana.client.get(PAGE)).text).toMatch(new RegExp(`data-report="${sent.id}"[^]*?Not yet`));
    expect((await kiri.client.submit(`${path}/received`)).location).toBe(path);
    await desk.rows(`UPDATE misconduct_reports SET received_on = '2026-01-05' WHERE id = $1`, [sent.id]);
    expect((await kiri.client.submit(`${path}/received`)).status).toBe(303);
    const by = kiri.who.actor.staffId;
    expect(await stored(sent.id)).toMatchObject([{ received_on: '2026-01-05', received_by: by }]);
    const day = dayInWords('2026-01-05', 'en');
    expect((await kiri.client.get(path)).text).toContain(`You said that you received it on ${day}.`);
    expect((await ana.client.get(PAGE)).text).toContain(day);
    expect((await kiri.client.get('/staff/oversight')).text).toContain(`href="${DESK}"`);
  });

  it('does not open where the signature is somebody else’s or the row was changed', async () => {
    const sent = await reported(ana);
    const page = await kiri.client.get(`${DESK}/${sent.id}`);
    const other = await reported(ana);
    await expect(opened(page, { from: 'ird' })).rejects.toThrow('cannot be opened');
    await expect(opened(page, { jwe: other.jwe })).rejects.toThrow('cannot be opened');
    await expect(opened(page, { id: other.id })).rejects.toThrow('cannot be opened');
    // In the name of one and signed by another.
    const forged = await made(ana, { signer: leo });
    expect((await send(ana, forged)).status).toBe(201);
    await expect(opened(await kiri.client.get(`${DESK}/${forged.id}`))).rejects.toThrow('cannot be opened');
    // A key that the server names for the maker, and the log has for nobody of that agency.
    const hers = await made(ana, { signer: kiri });
    expect((await send(ana, hers)).status).toBe(201);
    const { kid, jwk } = kiri.who.signing;
    const proof = await desk.app.get(KeyLog, { strict: false }).addedProofOf([kid]);
    const named = { signers: [{ kid, jwk }], proof };
    expect(await opened(await kiri.client.get(`${DESK}/${hers.id}`), named)).toEqual([SAID, false]);
  });

  it('is not there for anybody else, and nobody else can report', async () => {
    const { id } = await reported(ana);
    const others: (readonly [string, readonly Role[]])[] = [
      ['msd', ['officer']],
      ['msd', ['lead']],
      ['msd', ['disclosure_officer']],
      ['psc', ['officer']],
      ['psc', ['overseer']],
      ['psc', ['lead', 'overseer']],
      ['psc', ['admin']],
      ['psc', ['analyst']],
      ['psc', ['auditor']],
      ['ombudsman', ['officer', 'overseer']],
      ['hdc', ['officer', 'overseer']],
      ['triage', ['officer', 'overseer']],
      ['triage', ['system_lead']],
    ];
    const path = `${DESK}/${id}`;
    for (const [agency, roles] of others) {
      const { client } = await seat(desk, agency, roles);
      const answers = [await client.get(DESK), await client.get(path), await client.submit(`${path}/received`)];
      expect([agency, roles, ...answers.map(({ status }) => status)]).toEqual([agency, roles, 404, 404, 404]);
      const mayReport = roles.includes('lead') || roles.includes('disclosure_officer');
      const own = await client.get(PAGE);
      expect([agency, roles, own.status]).toEqual([agency, roles, mayReport ? 200 : 404]);
      expect(own.text).not.toContain(id);
      if (!mayReport) expect((await client.post(API, { id, jwe: 'AA.AA.AA.AA.AA' })).status).toBe(404);
      const desks = await client.get('/staff/oversight');
      expect(desks.text).not.toContain(`href="${DESK}"`);
    }
    expect(await stored(id)).toMatchObject([{ received_on: null }]);
    for (const wrong of [crypto.randomUUID(), 'none']) {
      expect((await kiri.client.get(`${DESK}/${wrong}`)).status).toBe(404);
      expect((await kiri.client.submit(`${DESK}/${wrong}/received`)).status).toBe(404);
    }
  });

  it('is listed over pages, each report once, for who sent it and for who takes it; a place made up is refused', async () => {
    await desk.rows(
      `INSERT INTO misconduct_reports (id, from_agency, to_agency, made_by, made_on, jwe)
       SELECT gen_random_uuid(), 'msd', 'psc', $1, date '2026-01-01' + n % 3, 'none' FROM generate_series(1, 60) AS n`,
      [leo.who.actor.staffId],
    );
    const all = await desk.rows<{ id: string; made_by: string }>('SELECT id, made_by FROM misconduct_reports');
    const his = all.filter(({ made_by }) => made_by === leo.who.actor.staffId);
    for (const [by, page, ids] of [
      [kiri, DESK, all],
      [leo, PAGE, his],
    ] as const) {
      const seen: string[] = [];
      let next: string | undefined = '';
      for (let n = 0; next !== undefined && n < 9; n++) {
        const { text } = await by.client.get(page + next);
        seen.push(...[...text.matchAll(/data-report="([^"]+)"/g)].map(([, id = '']) => id));
        next = /rel="next" href="([^"]+)"/.exec(text)?.[1];
      }
      expect(seen.sort()).toEqual(ids.map(({ id }) => id).sort());
      for (const place of ['x', crypto.randomUUID(), writeCursor({ day: '0000-01-01', id: crypto.randomUUID() })]) {
        expect((await by.client.get(`${page}?after=${place}`)).status).toBe(422);
      }
    }
    await desk.rows(`DELETE FROM misconduct_reports WHERE jwe = 'none'`);
  });

  it('is kept by PostgreSQL from everybody but who made it and who takes it', async () => {
    const sent = await reported(ana);
    const query = (sql: string, values: unknown[]) => (manager: EntityManager) => manager.query<unknown[]>(sql, values);
    const sees = query('SELECT id FROM misconduct_reports WHERE id = $1', [sent.id]);
    const as = ({ who: { actor } }: AtDesk, roles: readonly Role[], work: typeof sees) =>
      desk.database.asActor({ ...actor, roles }, work);
    expect(await as(ana, ['disclosure_officer'], sees)).toHaveLength(1);
    expect(await as(kiri, ['officer', 'overseer'], sees)).toHaveLength(1);
    for (const roles of [
      ['officer'],
      ['overseer'],
      ['lead', 'overseer'],
      ['admin'],
      ['auditor'],
      ['analyst'],
    ] as const) {
      expect([roles, await as(kiri, roles, sees)]).toEqual([roles, []]);
      expect([roles, await as(ana, roles, sees)]).toEqual([roles, roles[0] === 'lead' ? [{ id: sent.id }] : []]);
    }
    expect(await as(leo, ['disclosure_officer', 'lead', 'officer', 'overseer'], sees)).toEqual([]);
    expect(await desk.database.asActor({ kind: 'public' }, sees)).toEqual([]);
    await expect(desk.database.asActor({ kind: 'system', name: 'oversight' }, sees)).rejects.toThrow('permission');

    const receive = query(
      'UPDATE misconduct_reports SET received_on = current_date, received_by = $2 WHERE id = $1 RETURNING id',
      [sent.id, kiri.who.actor.staffId],
    );
    expect(await as(ana, ['disclosure_officer', 'lead', 'officer'], receive)).toEqual([[], 0]);
    expect(await as(kiri, ['officer'], receive)).toEqual([[], 0]);
    await expect(
      as(
        kiri,
        ['officer', 'overseer'],
        query('UPDATE misconduct_reports SET received_on = current_date, received_by = $2 WHERE id = $1', [
          sent.id,
          ana.who.actor.staffId,
        ]),
      ),
    ).rejects.toThrow('row-level security');
    expect(await as(kiri, ['officer', 'overseer'], receive)).toEqual([[{ id: sent.id }], 1]);
    expect(await as(kiri, ['officer', 'overseer'], receive)).toEqual([[], 0]);

    const insert = (from: string, by: string) =>
      query(
        `INSERT INTO misconduct_reports (id, from_agency, to_agency, made_by, made_on, jwe)
         VALUES (gen_random_uuid(), $1, 'psc', $2, current_date, 'x')`,
        [from, by],
      );
    const { staffId } = ana.who.actor;
    for (const [from, by, roles] of [
      ['psc', staffId, ['lead']],
      ['msd', leo.who.actor.staffId, ['lead']],
      ['msd', staffId, ['officer', 'overseer']],
      ['msd', staffId, ['admin', 'lead']],
    ] as const) {
      await expect(as(ana, roles, insert(from, by))).rejects.toThrow('row-level security');
    }
  });

  it('leaves in the log its id and a day, and none of its words anywhere', async () => {
    const sent = await reported(ana);
    await kiri.client.get(`${DESK}/${sent.id}`);
    await kiri.client.submit(`${DESK}/${sent.id}/received`);
    const entries = await desk.rows(
      `SELECT action, actor_id, case_id, happened_at FROM audit_entries WHERE subject = $1 ORDER BY action`,
      [sent.id],
    );
    const by = (action: string, { who: { actor } }: AtDesk): object => ({
      ...{ action, actor_id: actor.staffId, case_id: null, happened_at: null },
    });
    expect(entries).toEqual([by('report.read', kiri), by('report.received', kiri), by('report.sent', ana)]);
    const tables = await desk.rows<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'disposal')`,
    );
    for (const { name } of tables) {
      const found = await desk.rows(`SELECT FROM ${name} t WHERE t::text LIKE '%Sentinel%' LIMIT 1`);
      expect([name, found.length]).toEqual([name, 0]);
    }
  });
});

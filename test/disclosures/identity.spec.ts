import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Case } from '../../src/cases/case.entity.js';
import { regrantDisclosure } from '../../src/cases/joining/regrant-disclosure.js';
import type { DisclosuresToGrant } from '../../src/cases/joining/joining.js';
import { openKeys, readItem } from '../../src/cases/open-words.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { NewRelease } from '../../src/disclosures/identity/ask-release.js';
import { RELEASE_GROUNDS, type ReleaseGround } from '../../src/disclosures/identity/release-grounds.js';
import type { SealedName } from '../../src/disclosures/identity/sealed-name.js';
import { withholdName } from '../../src/disclosures/identity/withhold-name.js';
import { whyNotClosed } from '../../src/disclosures/why-not-closed.js';
import type { Role } from '../../src/staff/roles.js';
import type { JsonObject } from '../../src/vault/suite.js';
import { atOnce, holdCeremony, startDesk, type Answer, type Desk } from '../cases/desk.js';
import { openAgency, propose, seat, type AtDesk } from '../cases/handing-on.js';
import { fetchSealed, lodge, wordsOf, type LodgedCase } from '../cases/sealed-cases.js';

const CUSTODIAN: readonly Role[] = ['officer', 'disclosure_officer', 'identity_custodian'];
const NAME = { identity: 'Ana, 04 123 4567' };

let desk: Desk;
/** Three who keep names. */
let ana: AtDesk;
let ben: AtDesk;
let eve: AtDesk;
/** Two who read disclosures without. */
let cat: AtDesk;
let dan: AtDesk;
let lodged: LodgedCase;

beforeAll(async () => {
  desk = await startDesk();
  ana = await seat(desk, 'ombudsman', CUSTODIAN);
  ben = await seat(desk, 'ombudsman', CUSTODIAN);
  eve = await seat(desk, 'ombudsman', CUSTODIAN);
  cat = await seat(desk, 'ombudsman', ['disclosure_officer']);
  dan = await seat(desk, 'ombudsman', ['disclosure_officer']);
  await holdCeremony(desk, ana.who);
  lodged = await disclosure();
});

afterAll(async () => {
  await desk.close();
});

const disclosure = (): Promise<LodgedCase> => lodge(desk, { agencyId: 'ombudsman', path: 'disclosure' });
const idOf = ({ who }: AtDesk): string => who.actor.staffId;
const pageOf = ({ id }: Pick<LodgedCase, 'id'>): string => `/staff/cases/${id}/identity`;
const apiOf = ({ id }: Pick<LodgedCase, 'id'>): string => `/staff/api/cases/${id}/identity`;

/** What somebody's browser makes of the name; the status where it is not given. */
async function nameFor(by: AtDesk, of: LodgedCase): Promise<JsonObject | null | number> {
  const answer = await by.client.get(apiOf(of));
  if (answer.status !== 200) return answer.status;
  const sealed = answer.json() as SealedName;
  const opened = await openKeys(sealed, await by.keys());
  const [item] = sealed.items;
  const content = item ? (await readItem(of.id, item, opened)).content : null;
  return content && Object.fromEntries(Object.entries(content).filter(([name]) => name !== 'nonce'));
}

/** How somebody was heard on each ground, as it takes to ask. */
function heard(of: LodgedCase, ground: ReleaseGround): Partial<NewRelease> {
  if (ground !== 'consent') return { consultedOn: todayInAuckland() };
  const statement = of.lodging.submission.sealed.items.find(({ kind }) => kind === 'statement');
  return { consultedOn: todayInAuckland(), consentItem: statement?.id };
}

interface Wish extends Partial<NewRelease> {
  readonly colleague?: AtDesk;
}

/** What a browser sends to ask for a release. */
async function sealedRelease(by: AtDesk, of: LodgedCase, { colleague, ...wish }: Wish = {}): Promise<NewRelease> {
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, of.id, keys);
  const note = await sealNote(sealed, opened, keys.signing, 'There is no other way');
  const ground = wish.ground ?? 'effective_investigation';
  const made = { id: randomUUID(), ground, note, ...heard(of, ground), ...wish };
  if (!colleague) return made;
  const name = await by.client.given<SealedName>(apiOf(of));
  const { kid, jwk } = colleague.who.agreement;
  return { ...made, to: idOf(colleague), grant: await withholdName(name, keys.agreement, { kid, jwk }) };
}

async function ask(by: AtDesk, of: LodgedCase, wish: Wish = {}): Promise<{ id: string; answer: Answer }> {
  const sent = await sealedRelease(by, of, wish);
  return { id: sent.id, answer: await by.client.post(`${apiOf(of)}/releases`, sent) };
}

/** A release that waits. */
async function asked(by: AtDesk, of: LodgedCase, wish: Wish = {}): Promise<string> {
  const { id, answer } = await ask(by, of, wish);
  expect([answer.status, answer.text]).toEqual([204, '']);
  return id;
}

const decide = (by: AtDesk, of: LodgedCase, id: string, decision: string): Promise<Answer> =>
  by.client.submit(`${pageOf(of)}/releases/${id}`, { decision });

async function told(by: AtDesk, of: LodgedCase): Promise<object> {
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, of.id, keys);
  return { item: await sealReply(sealed, opened, keys.signing, 'Your name was released.') };
}

const tell = (by: AtDesk, of: LodgedCase, id: string, words: object): Promise<Answer> =>
  by.client.post(`${apiOf(of)}/releases/${id}/told`, words);

async function stateOf(id: string): Promise<unknown> {
  const [row] = await desk.rows<{ state: string }>('SELECT state FROM identity_releases WHERE id = $1', [id]);
  return row?.state;
}

async function recorded(of: LodgedCase): Promise<string[]> {
  const rows = await desk.rows<{ action: string; happened_at: Date | null }>(
    `SELECT action, happened_at FROM audit_entries WHERE case_id = $1 AND (action LIKE 'identity.%' OR action LIKE '%identity_read')
      ORDER BY action`,
    [of.id],
  );
  expect(rows.filter(({ happened_at }) => happened_at !== null)).toEqual([]);
  return rows.map(({ action }) => action);
}

/** What of releases stands in the way of closing a disclosure. */
const open = (of: LodgedCase): Promise<readonly string[]> =>
  desk.database.asActor(ana.who.actor, async (manager) => {
    const codes = await whyNotClosed(manager, await manager.findOneByOrFail(Case, { id: of.id }));
    return codes.filter((code) => code.startsWith('release_'));
  });

describe('s 17: who wrote a disclosure', () => {
  it('is sealed to those who keep names and the mailbox, and to no other reader nor to paper', async () => {
    const { grants, mailbox } = lodged.lodging.submission;
    const to = (key: string): string[] => grants.flatMap((one) => (one.key === key ? [one.reader] : [])).sort();
    const kids = (...who: readonly AtDesk[]): string[] =>
      [...who.map((one) => one.who.agreement.kid), mailbox.agreement.kid].sort();
    const [paper] = await desk.rows<{ kid: string }>(
      `SELECT kid FROM recovery_keys WHERE agency_id = 'ombudsman' AND purpose = 'disclosures'`,
    );
    expect(to('case')).toEqual([...kids(ana, ben, eve, cat, dan), paper?.kid].sort());
    expect(to('identity')).toEqual(kids(ana, ben, eve));
  });

  it('comes with nobody’s words, and is opened by an act of its own that is recorded by its day', async () => {
    const of = await disclosure();
    for (const by of [ana, cat]) {
      const { sealed } = await fetchSealed(by.client, of.id, await by.keys());
      const names = [...sealed.items, ...sealed.grants, ...sealed.epochs].filter(({ key }) => key === 'identity');
      expect(names).toEqual([]);
      expect((await wordsOf(by.client, of.id, await by.keys())).map(([kind]) => kind)).toEqual(['statement']);
    }
    expect((await ana.client.get(pageOf(of))).text).toContain('id="open"');
    expect(await recorded(of)).toEqual([]);
    expect(await nameFor(ana, of)).toEqual(NAME);
    expect(await recorded(of)).toEqual(['case.identity_read']);
    const { text } = await cat.client.get(pageOf(of));
    expect(text).toContain('It is kept apart, and you do not have it.');
    expect(text).not.toContain('id="open"');
    expect(await nameFor(cat, of)).toBe(404);
  });

  it('is not there for who is walled off, reads no disclosures, gives access or works elsewhere', async () => {
    const of = await disclosure();
    const release = await asked(ana, of);
    const wall = await ana.client.submit(`/staff/cases/${of.id}/walls`, { staffId: idOf(eve), reason: 'named' });
    expect(wall.status).toBe(303);
    const others: readonly (readonly [string, AtDesk])[] = [
      ['walled', eve],
      ['officer', await seat(desk, 'ombudsman', ['officer', 'lead'])],
      ['admin', await seat(desk, 'ombudsman', ['admin'])],
      ['came later', await seat(desk, 'ombudsman', CUSTODIAN)],
      ['elsewhere', await seat(desk, 'ipca', CUSTODIAN)],
    ];
    const body = await sealedRelease(ana, of);
    const words = await told(ana, of);
    const all = async (by: AtDesk, id: string): Promise<string[]> => {
      const answers = [
        await by.client.get(pageOf({ id })),
        await by.client.get(`${pageOf({ id })}/ask`),
        await by.client.get(`${pageOf({ id })}/releases/${release}`),
        await by.client.submit(`${pageOf({ id })}/releases/${release}`, { decision: 'approved' }),
        await by.client.get(apiOf({ id })),
        await by.client.post(`${apiOf({ id })}/releases`, body),
        await by.client.post(`${apiOf({ id })}/releases/${release}/told`, words),
      ];
      return answers.map(({ status }) => status.toString());
    };
    for (const [name, by] of others) {
      expect([name, await all(by, of.id)]).toEqual([name, Array<string>(7).fill('404')]);
      expect(await all(by, randomUUID())).toEqual(Array<string>(7).fill('404'));
      const register = await by.client.get('/staff/disclosures/releases');
      expect([name, register.text.includes(of.reference)]).toEqual([name, false]);
      const seen = await desk.database.asActor(by.who.actor, (manager) =>
        manager.query<unknown[]>(
          `SELECT FROM identity_releases WHERE case_id = $1 UNION ALL SELECT FROM case_items WHERE case_id = $1 AND key = 'identity'`,
          [of.id],
        ),
      );
      expect([name, seen]).toEqual([name, []]);
    }
    expect(await stateOf(release)).toBe('asked');
  });

  it('is opened no more by a custodian whose role was taken', async () => {
    const of = await disclosure();
    expect(await nameFor(eve, of)).toEqual(NAME);
    await desk.rows(`UPDATE staff SET roles = '{officer,disclosure_officer}' WHERE id = $1`, [idOf(eve)]);
    try {
      expect(await nameFor(eve, of)).toBe(404);
    } finally {
      await desk.rows(`UPDATE staff SET roles = $2 WHERE id = $1`, [idOf(eve), CUSTODIAN]);
    }
  });

  it('goes to a custodian who joins later, and to no other colleague, whatever is sent', async () => {
    const of = await disclosure();
    const held = (await ana.keys()).agreement;
    const later = await seat(desk, 'ombudsman', CUSTODIAN);
    const plain = await seat(desk, 'ombudsman', ['disclosure_officer']);
    const grants = of.lodging.submission.grants.filter(({ reader }) => reader === held.kid);
    for (const to of [later, plain]) {
      const { kid, jwk } = to.who.agreement;
      const { disclosures } = await ana.client.given<DisclosuresToGrant>(`/staff/api/joining/${idOf(to)}`);
      const offered = disclosures.find(({ id }) => id === of.id)?.grants.map(({ key }) => key);
      expect(offered).toEqual(to === later ? ['case', 'identity'] : ['case']);
      const made = await regrantDisclosure({ id: of.id, grants }, held, { kid, jwk });
      expect((await ana.client.post(`/staff/api/joining/${idOf(to)}`, { grants: made })).status).toBe(204);
    }
    expect(await nameFor(later, of)).toEqual(NAME);
    expect([await nameFor(plain, of), (await plain.client.get(pageOf(of))).status]).toEqual([404, 200]);
    const forced = desk.database.asActor(ana.who.actor, (manager) =>
      manager.query(
        `INSERT INTO case_grants (case_id, key, epoch, reader, wrapped) VALUES ($1, 'identity', 1, $2, '')`,
        [of.id, plain.who.agreement.kid],
      ),
    );
    await expect(forced).rejects.toThrow('row-level security');
  });

  it('goes on to nobody from who kept names once, whatever they still hold', async () => {
    const of = await disclosure();
    const held = (await eve.keys()).agreement;
    const later = await seat(desk, 'ombudsman', CUSTODIAN);
    const offered = async (): Promise<string[] | undefined> => {
      const { disclosures } = await eve.client.given<DisclosuresToGrant>(`/staff/api/joining/${idOf(later)}`);
      return disclosures.find(({ id }) => id === of.id)?.grants.map(({ key }) => key);
    };
    expect(await offered()).toEqual(['case', 'identity']);
    await desk.rows(`UPDATE staff SET roles = '{officer,disclosure_officer}' WHERE id = $1`, [idOf(eve)]);
    try {
      expect(await offered()).toEqual(['case']);
      const former = { ...eve.who.actor, roles: ['officer', 'disclosure_officer'] as const };
      const items = await desk.database.asActor(former, (manager) =>
        manager.query<unknown[]>(`SELECT id FROM case_items WHERE case_id = $1 AND key = 'identity'`, [of.id]),
      );
      expect(items).toEqual([]);
      const grants = of.lodging.submission.grants.filter(({ reader }) => reader === held.kid);
      const { kid, jwk } = later.who.agreement;
      const made = await regrantDisclosure({ id: of.id, grants }, held, { kid, jwk });
      expect(made.map(({ key }) => key)).toEqual(['case', 'identity']);
      expect((await eve.client.post(`/staff/api/joining/${idOf(later)}`, { grants: made })).status).toBe(204);
      expect([await nameFor(later, of), await offered()]).toEqual([404, undefined]);
    } finally {
      await desk.rows(`UPDATE staff SET roles = $2 WHERE id = $1`, [idOf(eve), CUSTODIAN]);
    }
    expect(await offered()).toEqual(['case', 'identity']);
  });

  it('where an agency has no two custodians is kept by all who read it, and released by two of those', async () => {
    const first = await seat(desk, 'hdc', ['disclosure_officer']);
    const second = await seat(desk, 'hdc', CUSTODIAN);
    const of = await lodge(desk, { agencyId: 'hdc', path: 'disclosure' });
    expect([await nameFor(first, of), await nameFor(second, of)]).toEqual([NAME, NAME]);
    const release = await asked(first, of);
    expect((await decide(second, of, release, 'approved')).status).toBe(303);
    expect(await stateOf(release)).toBe('approved');
  });

  it('of a supporter (s 12) is kept and released in the very same way', async () => {
    const of = await lodge(desk, { agencyId: 'ombudsman', path: 'disclosure', says: 'What I saw supports it' });
    expect([await nameFor(ana, of), await nameFor(cat, of)]).toEqual([NAME, 404]);
    const release = await asked(ana, of, { colleague: cat });
    expect(await nameFor(cat, of)).toBe(404);
    expect((await decide(ben, of, release, 'approved')).status).toBe(303);
    expect(await nameFor(cat, of)).toEqual(NAME);
  });
});

describe('s 17: a release of a name', () => {
  it.each(RELEASE_GROUNDS)('on the ground %s takes that the person was heard as the Act says', async (ground) => {
    const of = await disclosure();
    const without = { consultedOn: undefined, consentItem: undefined };
    const refused = async (wish: Wish): Promise<unknown> => {
      const { id, answer } = await ask(ana, of, { ground, ...wish });
      expect([answer.status, await stateOf(id)]).toEqual([422, undefined]);
      return (answer.json() as { errors: { field: string }[] }).errors.map(({ field }) => field);
    };
    expect(await refused(without)).toEqual([ground === 'consent' ? 'consentItem' : 'consultedOn']);
    const mayDo = ground === 'serious_risk' || ground === 'law_enforcement';
    const unheard: Wish = { ...heard(of, ground), consultedOn: undefined, notPracticable: 'no_time' };
    if (mayDo) await asked(ana, of, { ground, ...unheard });
    else expect(await refused(unheard)).toEqual(['notPracticable']);
    expect(await refused({ ...heard(of, ground), consultedOn: '2020-01-01' })).toEqual(['consultedOn']);
    const someoneElses = (await disclosure()).lodging.submission.sealed.items[0]?.id;
    expect(await refused({ consentItem: someoneElses })).toEqual(['consentItem']);
    const release = await asked(ana, of, { ground });
    expect((await decide(ben, of, release, 'approved')).status).toBe(303);
    // Nor does any statement write one down that was not so heard.
    const forged = desk.rows(`UPDATE identity_releases SET consulted_on = NULL, not_practicable = NULL WHERE id = $1`, [
      release,
    ]);
    await expect(forged).rejects.toThrow('ck_identity_releases_consulted');
  });

  it('is made by no officer alone, by nobody to themself, and by nobody who does not keep the name', async () => {
    const of = await disclosure();
    const release = await asked(ana, of, { colleague: cat });
    for (const by of [ana, cat, dan]) {
      expect([(await decide(by, of, release, 'approved')).status, await stateOf(release)]).toEqual([404, 'asked']);
    }
    const alone = desk.rows(
      `UPDATE identity_releases SET state = 'approved', decided_by = asked_by, decided_on = now(), wrapped = NULL WHERE id = $1`,
      [release],
    );
    await expect(alone).rejects.toThrow('ck_identity_releases_second');
    for (const colleague of [ben, ana]) {
      const { answer } = await ask(ana, of, { colleague });
      expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('"to"')]);
    }
    expect((await ask(cat, of)).answer.status).toBe(404);
    expect((await ask(ana, of, { to: idOf(cat) })).answer.status).toBe(422);
  });

  it('to a colleague opens the name with their key once it is approved, and with nothing before', async () => {
    const of = await disclosure();
    const release = await asked(ana, of, { colleague: cat });
    expect(await nameFor(cat, of)).toBe(404);
    const { text } = await cat.client.get(`${pageOf(of)}/releases/${release}`);
    expect(text).toContain('Waits for a second person. Nothing is released.');
    expect((await decide(ben, of, release, 'approved')).status).toBe(303);
    expect(await nameFor(cat, of)).toEqual(NAME);
    expect(await nameFor(dan, of)).toBe(404);
    // To whom it was released keeps no name: they neither release it further nor decide.
    expect((await ask(cat, of)).answer.status).toBe(404);
    const [row] = await desk.rows('SELECT wrapped FROM identity_releases WHERE id = $1', [release]);
    expect(row).toEqual({ wrapped: null });
  });

  it('is decided once, however many decide at once, and each answer repeats', async () => {
    const of = await disclosure();
    const release = await asked(ana, of, { colleague: cat });
    const answers = await atOnce(desk, of.id, [
      () => decide(ben, of, release, 'approved'),
      () => decide(eve, of, release, 'approved'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const [first, second] = answers[0]?.status === 303 ? [ben, eve] : [eve, ben];
    expect((await decide(first, of, release, 'approved')).status).toBe(303);
    expect((await decide(second, of, release, 'declined')).status).toBe(409);
    expect((await recorded(of)).filter((action) => action === 'identity.release_approved')).toHaveLength(1);
  });

  it('that was declined or taken back releases nothing, and is kept in the register', async () => {
    const of = await disclosure();
    const [declined, withdrawn] = [await asked(ana, of, { colleague: cat }), await asked(ana, of)];
    expect((await decide(ben, of, withdrawn, 'withdrawn')).status).toBe(404);
    expect((await decide(ben, of, declined, 'declined')).status).toBe(303);
    expect((await decide(ana, of, withdrawn, 'withdrawn')).status).toBe(303);
    expect(await nameFor(cat, of)).toBe(404);
    expect(await open(of)).toEqual([]);
    const { text } = await cat.client.get('/staff/disclosures/releases');
    for (const id of [declined, withdrawn]) expect(text).toContain(`/identity/releases/${id}`);
    const kinds = (await recorded(of)).filter((action) => action.startsWith('identity.')).map((a) => a.slice(17));
    expect(kinds).toEqual(['asked', 'asked', 'declined', 'withdrawn']);
  });

  it('sent twice is asked once, and stands under no other case’s number', async () => {
    const of = await disclosure();
    const sent = await sealedRelease(ana, of);
    for (let n = 0; n < 2; n += 1) {
      expect((await ana.client.post(`${apiOf(of)}/releases`, sent)).status).toBe(204);
    }
    expect((await recorded(of)).filter((action) => action === 'identity.release_asked')).toHaveLength(1);
    const other = await disclosure();
    const again = await ask(ana, other, { id: sent.id });
    expect([again.answer.status, again.answer.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'release_exists' }),
    ]);
  });

  it('is told to the person in their mailbox and on their timeline, and stands as a task until then', async () => {
    const of = await disclosure();
    const release = await asked(ana, of);
    expect(await open(of)).toEqual(['release_undecided']);
    expect((await tell(ana, of, release, await told(ana, of))).status).toBe(404);
    expect((await decide(ben, of, release, 'approved')).status).toBe(303);
    expect(await open(of)).toEqual(['release_untold']);
    const tasks = async (): Promise<boolean[]> => {
      const pages = [`/staff/cases/${of.id}`, '/staff/disclosures'];
      const shown = await Promise.all(pages.map((path) => eve.client.get(path)));
      return shown.map(({ text }) => text.includes('id="task-untold"'));
    };
    expect((await tasks())[0]).toBe(true);
    expect((await tasks())[1]).toBe(true);
    const hana = await seat(desk, 'ipca', CUSTODIAN);
    expect((await tell(hana, of, release, await told(eve, of))).status).toBe(404);
    const words = await told(eve, of);
    expect((await tell(eve, of, release, words)).status).toBe(204);
    expect((await tell(eve, of, release, words)).status).toBe(204);
    const late = await tell(ana, of, release, await told(ana, of));
    expect([late.status, late.json()]).toEqual([409, expect.objectContaining({ code: 'already_told' })]);
    expect([await open(of), (await tasks())[0]]).toEqual([[], false]);
    const events = await desk.rows<{ kind: string }>(
      `SELECT kind FROM case_events WHERE case_id = $1 ORDER BY position DESC LIMIT 2`,
      [of.id],
    );
    expect(events.map(({ kind }) => kind)).toEqual(['name_released', 'reply']);
    const [reply] = await desk.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM case_items WHERE case_id = $1 AND kind = 'reply'`,
      [of.id],
    );
    expect(reply?.n).toBe(1);
    expect((await wordsOf(ana.client, of.id, await ana.keys())).at(-1)).toEqual([
      'reply',
      expect.objectContaining({ text: 'Your name was released.' }),
    ]);
  });

  it('is told, declined or taken back by anybody who reads the disclosure, so that it is no dead end once nobody keeps the name', async () => {
    const of = await disclosure();
    const [untold, undecided] = [await asked(ana, of), await asked(ana, of, { colleague: dan })];
    const own = await asked(eve, of);
    expect((await decide(ben, of, untold, 'approved')).status).toBe(303);
    const roles = (list: readonly Role[]): Promise<unknown> =>
      desk.rows(`UPDATE staff SET roles = $2 WHERE id = ANY ($1)`, [[ana, ben, eve].map(idOf), list]);
    await roles(['officer', 'disclosure_officer']);
    try {
      const page = await cat.client.get(`${pageOf(of)}/releases/${undecided}`);
      expect([page.text.includes('value="declined"'), page.text.includes('value="approved"')]).toEqual([true, false]);
      expect((await decide(cat, of, undecided, 'approved')).status).toBe(404);
      expect((await decide(cat, of, own, 'withdrawn')).status).toBe(404);
      // Also who it would go to: that releases nothing.
      expect((await decide(dan, of, undecided, 'declined')).status).toBe(303);
      expect((await decide(eve, of, own, 'withdrawn')).status).toBe(303);
      expect((await tell(cat, of, untold, await told(cat, of))).status).toBe(204);
      expect(await open(of)).toEqual([]);
    } finally {
      await roles(CUSTODIAN);
    }
  });

  it('is written down by no statement of somebody who does not keep the name, whatever else it says', async () => {
    const of = await disclosure();
    const [approved, waiting] = [await asked(ana, of), await asked(ana, of)];
    expect((await decide(ben, of, approved, 'approved')).status).toBe(303);
    const reply = of.lodging.submission.sealed.items[0]?.id ?? '';
    const update = (id: string, set: string): Promise<unknown> =>
      desk.database.asActor(cat.who.actor, (manager) =>
        manager.query(`UPDATE identity_releases SET ${set} WHERE id = $1`, [id]),
      );
    const by = (who: AtDesk): string => `decided_by = '${idOf(who)}', decided_on = now(), wrapped = NULL`;
    const toldBy = `told_by = '${idOf(cat)}', told_on = now(), told_item = '${reply}'`;
    for (const set of [
      `state = 'approved', ${by(cat)}`,
      `state = 'approved', ${by(ben)}`,
      `state = 'approved', ${by(ben)}, ${toldBy}`,
      `state = 'declined', ${by(ben)}`,
    ]) {
      await expect(update(waiting, set)).rejects.toThrow('row-level security');
    }
    for (const set of [`state = 'declined', ${by(cat)}`, `state = 'asked', decided_by = NULL, decided_on = NULL`]) {
      await expect(update(approved, set)).rejects.toThrow('row-level security');
    }
    expect([await stateOf(approved), await stateOf(waiting)]).toEqual(['approved', 'asked']);
  });

  it('comes before a hand-over (s 16), after which nobody who keeps the name could decide it or tell the person', async () => {
    await openAgency(desk, 'hdc');
    const of = await disclosure();
    const handOn = async (): Promise<Answer> => {
      const change = (sent: object): object => ({ ...sent, recipientConsultedOn: todayInAuckland() });
      return (await propose(ana, of, 'hdc', { change })).answer;
    };
    const id = await asked(ana, of);
    expect((await handOn()).json()).toMatchObject({ code: 'release_open' });
    expect((await decide(ben, of, id, 'approved')).status).toBe(303);
    expect((await handOn()).json()).toMatchObject({ code: 'release_open' });
    expect((await ana.client.post(`${apiOf(of)}/releases/${id}/told`, await told(ana, of))).status).toBe(204);
    expect((await handOn()).status).toBe(204);
    expect((await ask(ana, of)).answer.json()).toMatchObject({ code: 'referral_under_way' });
  });

  it('is listed page by page, to those who read its disclosure', async () => {
    const of = await disclosure();
    const release = await asked(ana, of);
    await desk.rows(
      `INSERT INTO identity_releases (id, case_id, ground, note_item, consulted_on, asked_by, asked_on, state)
       SELECT gen_random_uuid(), case_id, ground, note_item, consulted_on, asked_by, asked_on - n, 'asked'
         FROM identity_releases, generate_series(1, 30) n WHERE id = $1`,
      [release],
    );
    const seen = new Set<string>();
    for (let path: string | undefined = '/staff/disclosures/releases'; path !== undefined;) {
      const { status, text }: Answer = await ana.client.get(path);
      expect(status).toBe(200);
      const ids = [...text.matchAll(/identity\/releases\/([0-9a-f-]{36})/g)].map(([, id]) => id ?? '');
      expect(ids.filter((id) => seen.has(id))).toEqual([]);
      ids.forEach((id) => seen.add(id));
      path = /rel="next" href="([^"]+)"/.exec(text)?.[1];
    }
    const [all] = await desk.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM identity_releases r JOIN cases c ON c.id = r.case_id WHERE c.agency_id = 'ombudsman'`,
    );
    expect(seen.size).toBe(all?.n);
    expect((await ana.client.get('/staff/disclosures/releases?after=no')).status).toBe(422);
  });
});

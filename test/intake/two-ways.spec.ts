import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPIC_GROUPS } from '../../src/intake/journey.js';
import { PUNISHED, SPEAKING_UP } from '../../src/intake/speaking-up.js';
import { waysOf } from '../../src/intake/ways.js';
import { Routing } from '../../src/routing/routing.service.js';
import { ASSUMPTIONS } from '../../src/disclosures/assumptions.js';
import { readCatalogue, type Catalogue } from '../../src/web/translations.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { FACETS, Owner } from './door.js';
import { blamedOn, decoded, Visitor } from './visitor.js';

/** What a worker of the ministry tells, who was treated badly there. */
const BULLIED = { ...FACETS, relationship: 'worker', topic: 'harassment_bullying', stage: 'unsafe' };
/** The same, where it is more than that. */
const FRAUD = { ...BULLIED, topic: 'fraud' };

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  await openTestAgency(app, 'triage');
});
afterAll(() => app.close());

const visitor = (): Visitor => new Visitor(app);
const checked = (html: string): string | undefined => / value="([^"]+)" checked/.exec(html)?.[1];
const offered = (html: string): string[] =>
  [...html.matchAll(/name="answer" type="radio" value="([^"]+)"/g)].map(([, value = '']) => value);

describe('the link through work (s 8 who is a discloser)', () => {
  it('is asked for in plain words, with those who did in the past and those who support them', async () => {
    const someone = visitor();
    await someone.walk(FACETS);
    const { text } = await someone.get('/questions/relationship');
    expect(text).toContain('Do you, or did you, work, contract or volunteer there, or sit on its board?');
    expect([...text.matchAll(/type="radio" value="(\w+)"/g)].map(([, code]) => code)).toEqual([
      'worker',
      'former_worker',
      'supporter',
      'service_user',
      'family_or_advocate',
      'public',
      'unknown',
    ]);
    // Which limb that is, nobody has read in the Act.
    expect(text).toMatch(/Members of the Armed Forces[^<]*Check with the Ombudsman: <a[^>]*ombudsman\.parliament\.nz/);
  });

  it.each(['service_user', 'public', 'family_or_advocate', 'unknown'])(
    'is missing for %s, who is told why it goes as a complaint, that it is as safe, and how to answer again',
    async (relationship) => {
      for (const topic of ['fraud', 'benefit']) {
        const { text } = await visitor().walk({ ...FACETS, relationship, topic });
        expect(text).toContain('It is taken as a complaint.');
        const note = /id="no-work-link">([\s\S]*?)<\/div>/.exec(text)?.[1] ?? '';
        expect(note).toContain(relationship === 'unknown' ? 'You have not said' : 'So this goes as a complaint.');
        expect(note).toContain('Your words are sealed in the same way');
        expect(note).toContain('href="/questions/relationship"');
      }
    },
  );

  it.each(['worker', 'former_worker', 'supporter'])('makes a disclosure of what %s tells', async (relationship) => {
    const { text } = await visitor().walk({ ...FRAUD, relationship });
    expect(text).toContain('It is taken as a protected disclosure.');
    expect(text).not.toContain('id="no-work-link"');
  });
});

describe('a supporter (s 12 supporters)', () => {
  it('has their words sealed for the very same few as the discloser, on the same pages', async () => {
    const readersFor = async (relationship: string): Promise<unknown> => {
      const someone = visitor();
      await someone.walk({ ...FRAUD, relationship });
      const { location } = await someone.submit('/decision', { way: 'triage_desk' });
      const { text } = await someone.get('/write');
      const json = /id="sealing" data-json="([^"]*)"/.exec(text)?.[1] ?? '';
      const { readers, path } = JSON.parse(decoded(json)) as { readers: unknown[]; path: string };
      expect(readers.length).toBeGreaterThan(1);
      return { location, readers, path };
    };
    const [discloser, supporter] = [await readersFor('worker'), await readersFor('supporter')];
    expect(supporter).toEqual(discloser);
    expect(supporter).toMatchObject({ path: 'disclosure', location: '/before-writing' });
  });
});

describe('the plain-words screen (ss 9, 10)', () => {
  it('has five sentences, "not sure" and "none of these" to tick, none of which is sent or asks for a label', async () => {
    const someone = visitor();
    await someone.walk(FRAUD);
    const { text } = await someone.get('/screen');
    const boxes = [...text.matchAll(/<input[^>]*type="checkbox"[^>]*>/g)].map(([box]) => box);
    expect(boxes.map((box) => /data-box="(\w+)"/.exec(box)?.[1])).toEqual([
      'offence',
      'risk',
      'law',
      'money',
      'conduct',
      'unsure',
      'none',
    ]);
    expect(boxes.filter((box) => box.includes(' name='))).toEqual([]);
    expect(/<main[\s\S]*<\/main>/.exec(text)?.[0]).not.toMatch(/<form|protected disclosure\?/);
  });

  it('comes after the questions for whoever has the link, blocks nobody, and shows both ways without a script', async () => {
    const someone = visitor();
    await someone.walk(FRAUD);
    await someone.get('/questions/child');
    expect((await someone.submit('/questions/child', { answer: 'no' })).location).toBe('/screen');
    const { text } = await someone.get('/screen');
    expect(text).toContain('If something fits, or you are not sure');
    expect(text).toContain('If none of it fits');
    expect(text).toContain('As a protected disclosure');
    expect(text).toContain('As a complaint');
    expect(text).toMatch(/<a href="\/decision" role="button"/);
    const other = visitor();
    await other.walk(FACETS);
    await other.get('/questions/child');
    expect((await other.submit('/questions/child', { answer: 'no' })).location).toBe('/decision');
    expect((await visitor().get('/screen')).location).toBe('/start');
  });
});

describe('both ways of one matter', () => {
  it('can be taken by whoever works there, whatever it is about: each answer on offer leads the other way', () => {
    const routing = app.app.get(Routing, { strict: false });
    for (const relationship of ['worker', 'former_worker', 'supporter']) {
      for (const topic of [...Object.values(TOPIC_GROUPS).flat(), 'unknown']) {
        const answers = { ...FACETS, relationship, topic };
        const ways = waysOf(routing, answers);
        expect([relationship, topic, ways?.others.length]).not.toContain(0);
        for (const { question, code } of ways?.others ?? []) {
          const there = waysOf(routing, { ...answers, [question]: code });
          expect([topic, code, there?.now]).not.toContain(ways?.now);
        }
      }
    }
  });

  it('are shown with what each gives; bullying that is a serious risk goes as a disclosure when its writer says so', async () => {
    const someone = visitor();
    expect((await someone.walk(BULLIED)).text).toContain('It is taken as a complaint.');
    const { text } = await someone.get('/ways');
    for (const way of ['As a protected disclosure', 'As a complaint', 'If both fit']) expect(text).toContain(way);
    expect(text).toContain('by a personal grievance. Time limits can be short.');
    expect(offered(text)).toEqual([
      'topic.offence',
      'topic.public_safety',
      'topic.work_safety',
      'topic.environment',
      'topic.other',
      'topic.public_money',
      'topic.gross_mismanagement',
      'topic.unknown',
    ]);
    expect((await someone.submit('/ways', { answer: 'topic.work_safety' })).location).toBe('/decision');
    expect((await someone.get('/decision')).text).toContain('It is taken as a protected disclosure.');
    expect(checked((await someone.get('/questions/topic')).text)).toBe('work_safety');
  });

  it('let a nurse who is also a patient complain as a patient, knowing what they give up', async () => {
    const someone = visitor();
    await someone.walk({ ...FRAUD, about: 'health_nz', topic: 'health_care' });
    const { text } = await someone.get('/ways');
    expect(text).toContain('It does not have the protection of that law.');
    expect(offered(text)).toEqual(['relationship.service_user', 'relationship.public']);
    await someone.submit('/ways', { answer: 'relationship.service_user' });
    expect((await someone.get('/decision')).text).toContain('It is taken as a complaint.');
  });

  it('are not taken by an answer that was not on offer, or by none', async () => {
    const someone = visitor();
    await someone.walk(BULLIED);
    await someone.get('/ways');
    for (const fields of [{}, { answer: 'topic.benefit' }, { answer: 'danger.immediate' }, { answer: 'x' }]) {
      const page = await someone.submit('/ways', fields);
      expect([page.status, blamedOn(page)]).toEqual([422, ['answer']]);
    }
    expect(checked((await someone.get('/questions/topic')).text)).toBe('harassment_bullying');
  });

  it('are not open to whoever has no link through work: they are asked that question again', async () => {
    const someone = visitor();
    await someone.walk(FACETS);
    const { text } = await someone.get('/ways');
    expect(offered(text)).toEqual([]);
    expect(text).toContain('href="/questions/relationship"');
  });
});

describe('what protects a person and what does not', () => {
  it('is public, stands before the first word of a disclosure, and is in the way of no complaint', async () => {
    const { text } = await visitor().get('/speaking-up');
    for (const sentence of [
      'You are protected even if you turn out to be wrong.',
      'What you know to be false, or say in bad faith.',
      'Telling the media, or putting it on social media.',
      'must use their best endeavours to keep confidential',
      'You may talk to somebody in confidence to get advice',
    ]) {
      expect(text).toContain(sentence);
    }
    const discloser = visitor();
    await discloser.walk(FRAUD);
    expect((await discloser.submit('/decision', { way: 'triage_desk' })).location).toBe('/before-writing');
    const before = await discloser.get('/before-writing');
    expect(before.text).toContain('You are protected even if you turn out to be wrong.');
    expect(before.text).toMatch(/<a href="\/write" role="button"/);
    const writing = (await discloser.get('/write')).text;
    expect(writing).toContain('Do not include advice from your lawyer');
    expect(writing).toContain('Do not write anything that is classified');
    const complainant = visitor();
    await complainant.walk(FACETS);
    expect((await complainant.submit('/decision', { way: 'triage_desk' })).location).toBe('/write');
    const complaining = (await complainant.get('/write')).text;
    expect(complaining).toContain('Do not write anything that is classified');
    expect(complaining).not.toContain('Do not include advice from your lawyer');
  });

  it('says that one may go straight to an appropriate authority, and never to a politician first (s 11, 25 receivers)', async () => {
    const { text } = await visitor().get('/speaking-up');
    expect(text).toContain('You need not tell your organisation first.');
    expect(text.indexOf('Going to a Minister or a member of Parliament first.')).toBeGreaterThan(
      text.indexOf('What is not protected'),
    );
  });

  it('sends people to the Ombudsman with whatever nobody has read in the Act, and states no time limit for a grievance', async () => {
    const sentences = readCatalogue('en');
    const sentence = (path: string): string =>
      path.split('.').reduce<Catalogue | string>((at, name) => (at as Catalogue)[name] ?? {}, sentences) as string;
    const assumed = new Set<string>();
    for (const [page, parts, path] of [
      ['speakingUp', SPEAKING_UP, '/speaking-up'],
      ['punished', PUNISHED, '/speaking-up/punished'],
    ] as const) {
      const text = decoded((await visitor().get(path)).text);
      for (const { name, points } of parts) {
        for (const { says, assumes } of points) {
          const words = sentence(`${page}.${name}.${says}`);
          expect([says, text.includes(words)]).toEqual([says, true]);
          if (!assumes) continue;
          assumed.add(assumes);
          expect(text.slice(text.indexOf(words) + words.length)).toMatch(/^ Check with the Ombudsman: <a/);
        }
      }
      expect(text).not.toMatch(/90 days|ninety/i);
    }
    for (const name of assumed) expect(ASSUMPTIONS).toHaveProperty(name);
  });
});

describe('whoever is punished for speaking up', () => {
  it('is led from the front page, the page about speaking up and the mailbox', async () => {
    for (const path of ['/', '/speaking-up', '/mailbox']) {
      expect((await visitor().get(path)).text).toContain('href="/speaking-up/punished"');
    }
    const { text } = await visitor().get('/speaking-up/punished');
    expect(text).toContain('Your employer has to show that it was not');
    for (const path of ['/start/punished', '/start/named']) expect(text).toContain(`href="${path}"`);
  });

  it.each([
    ['/start/punished', 'retaliation', 'Human Rights Commission'],
    ['/start/named', 'confidentiality_breach', 'Privacy Commissioner'],
  ])('goes in at %s by both gates, with that answer given already', async (path, topic, goesTo) => {
    const someone = visitor();
    await someone.get(path);
    expect(blamedOn(await someone.submit('/start', {}))).toEqual(['danger']);
    await someone.submit('/start', { danger: 'none' });
    expect(blamedOn(await someone.submit('/start/classified', {}))).toEqual(['classified']);
    let { location } = await someone.submit('/start/classified', { classified: 'no' });
    expect(location).toBe('/questions/relationship');
    while (location?.startsWith('/questions/')) {
      const { text } = await someone.get(location);
      const question = location.slice('/questions/'.length);
      if (question === 'topic') expect(checked(text)).toBe(topic);
      const answer = question === 'topic' ? topic : (BULLIED[question as keyof typeof BULLIED] as string | undefined);
      ({ location } = await someone.submit(location, { answer: answer ?? 'unknown' }));
    }
    expect(location).toBe('/decision');
    const { text } = await someone.get('/decision');
    expect(text).toContain('It is taken as a complaint.');
    expect(text).toContain(goesTo);
  });

  it('is stopped by the gates like everybody, and nothing is kept', async () => {
    const owner = await Owner.of(app);
    const before = await owner.counts();
    const someone = visitor();
    await someone.get('/start/punished');
    expect((await someone.submit('/start', { danger: 'immediate' })).text).toContain('Call 111');
    await someone.get('/start/punished');
    await someone.submit('/start', { danger: 'none' });
    expect((await someone.submit('/start/classified', { classified: 'yes' })).text).toContain(
      'Please do not write this',
    );
    await someone.get('/start/punished');
    const foreign = await someone.submit('/start', { danger: 'none', topic: 'fraud' });
    expect(foreign.status).toBe(422);
    expect(await owner.counts()).toEqual(before);
    await owner.close();
  });
});

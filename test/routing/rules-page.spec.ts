import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { PARTS } from '../../src/routing/ruleset.js';
import { Routing } from '../../src/routing/routing.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';
import { FIRST, makeRulesFolder, type RulesFolder } from './rules-folder.js';

const NOW = '2026-02-01';
const COMING = '2098-12-31';
const UNPUBLISHED = '2098-12-30';

let folder: RulesFolder;
let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  folder = await makeRulesFolder();
  for (const version of [NOW, COMING, UNPUBLISHED]) await folder.add(version, 'msd', 'ombudsman');
  const entry = async (version: string, from: string): Promise<object> => {
    const sha256 = createHash('sha256').update(await readFile(join(folder.path, `${version}.yaml`)));
    return { version, from, sha256: sha256.digest('hex') };
  };
  const published = [await entry(FIRST, '2026-01-01'), await entry(NOW, NOW), await entry(COMING, '2099-01-01')];
  await writeFile(join(folder.path, 'published.yaml'), JSON.stringify({ published }));
  [app, browser] = await Promise.all([startApp({ ROLE: 'web', ROUTING_RULES: folder.path }), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await app.close();
  await folder.remove();
});

const REGISTER = '/api/v1/routing/rules';
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(app.publicOrigin + path, { headers });
const pageOf = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
  (await get(path, headers)).text();

interface DescribedRule {
  id: string;
  part: string;
  when: string[];
  then: string[];
  condition: unknown;
}
const rulesOf = async (version: string): Promise<DescribedRule[]> => {
  const { rules } = (await (await get(`${REGISTER}?version=${version}`)).json()) as { rules: DescribedRule[] };
  return rules;
};

describe('GET /api/v1/routing/rules', () => {
  it('names every ruleset that was, is or will be in force, and no other', async () => {
    const answer = await get(REGISTER);
    const { about, versions } = (await answer.json()) as { about: object; versions: object[] };
    expect(answer.status).toBe(200);
    expect(Object.keys(about)).toEqual(['purpose', 'neverUses', 'answersFor', 'challenge']);
    expect(versions).toMatchObject([
      { version: FIRST, from: '2026-01-01', until: NOW },
      { version: NOW, from: NOW, until: '2099-01-01' },
      { version: COMING, from: '2099-01-01', until: null },
    ]);
  });

  it('gives every rule of one of them with its condition, effect, reason and source', async () => {
    const ruleset = app.app.get(Routing).byVersion(FIRST);
    if (!ruleset) throw new Error('the first ruleset is not there');
    const rules = await rulesOf(FIRST);
    expect(rules.map(({ id }) => id)).toEqual(
      [...PARTS.flatMap((part) => ruleset[part]), ...ruleset.subjects].map(({ id }) => id),
    );
    expect(rules.find(({ id }) => id === 'c-integrity')).toEqual({
      id: 'c-integrity',
      part: 'destinations',
      when: [
        'the topic is “Political neutrality of public servants” or “Lobbying, or a move from public office to a private role”',
        expect.stringMatching(
          /^the kind of organisation is “Government .*” or “Crown .*” or the organisation it is about is “Dep/,
        ),
      ],
      then: [
        expect.stringMatching(/^it goes to .*Public Service Commission/),
        'if that one may not be offered, the next of these: Office of the Ombudsman',
        'also offered: the organisation it is about',
      ],
      condition: ruleset.destinations.find(({ id }) => id === 'c-integrity')?.when,
      effect: { destination: ['psc', 'ombudsman'], alternatives: ['about'] },
      reason: { en: expect.stringContaining('The Public Service Commission') },
      basis: { source: 'publicservice.govt.nz', section: 'when we investigate' },
      confidence: 'sourced',
      warnings: [],
    });
  });

  it('says in words what is not, and what always holds', async () => {
    const rules = await rulesOf(FIRST);
    const wordsOf = (id: string): unknown => rules.find((rule) => rule.id === id)?.when;
    expect(wordsOf('p-complaint')).toEqual([]);
    expect(wordsOf('c-organisation-first')).toEqual([
      'the organisation it is about is not “An organisation that is not in the directory” or “Not sure who is responsible”',
    ]);
    // Neither: not one and not the other.
    expect(wordsOf('c-election')).toEqual([
      'the topic is “An election or referendum”',
      'the kind of organisation is not “Not sure”',
      'the organisation it is about is not “Not sure who is responsible”',
    ]);
    expect(wordsOf('d-police')).toContainEqual(
      expect.stringMatching(
        /^the topic is “What .*” or \(the kind of organisation is “New .*” and the topic is not “[^()]*”\)$/,
      ),
    );
    for (const { id, when, then } of rules) {
      expect(`${id}: ${[...when, ...then].join(' ')}`).not.toMatch(/rules\.|undefined|\{\{/);
      expect(then).not.toEqual([]);
    }
  });

  it('is as the description of the API says', async () => {
    const address = `${app.publicOrigin}/api/v1/openapi.json`;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addSchema((await (await fetch(address)).json()) as object, address);
    for (const [path, schema] of [
      [REGISTER, 'RuleVersions'],
      [`${REGISTER}?version=${NOW}`, 'RulesOfVersion'],
    ] as const) {
      const valid = ajv.validate({ $ref: `${address}#/components/schemas/${schema}` }, await (await get(path)).json());
      expect(valid ? null : ajv.errorsText()).toBeNull();
    }
  });

  it('is sent again only where it is another one', async () => {
    for (const path of [REGISTER, `${REGISTER}?version=${FIRST}`]) {
      const answer = await get(path);
      const etag = answer.headers.get('etag') ?? '';
      expect(answer.headers.get('cache-control')).toBe('public, no-cache');
      expect((await answer.text()).length).toBeLessThan(500_000);
      const again = await get(path, { 'if-none-match': etag });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect((await get(path, { 'if-none-match': '"another"' })).status).toBe(200);
    }
  });

  it.each([UNPUBLISHED, '2001-01-01', 'constructor', '../facets'])('knows no version %j', async (version) => {
    expect((await get(`${REGISTER}?version=${encodeURIComponent(version)}`)).status).toBe(404);
    expect((await get(`/rules/${encodeURIComponent(version)}`)).status).toBe(404);
  });

  it('knows no version that has no name, whatever was asked before', async () => {
    for (let time = 1; time <= 2; time++) {
      expect((await get(`${REGISTER}?version=`)).status).toBe(404);
      expect((await get(REGISTER)).status).toBe(200);
    }
  });

  it.each(['version=a&version=b', 'versions=a', `version=${'a'.repeat(41)}`])('refuses ?%s', async (query) => {
    expect((await get(`${REGISTER}?${query}`)).status).toBe(422);
  });
});

const PAGES = ['/rules', `/rules/${FIRST}`, `/rules/${NOW}`];

describe('the pages about the rules', () => {
  it('say what the rules are for, look at and never look at, who answers, how to challenge them, and which were when', async () => {
    const page = await pageOf('/rules');
    for (const heading of ['are for', 'look at', 'never look at', 'answers for them', 'think they are wrong']) {
      expect(page).toMatch(new RegExp(`<h2[^>]*>[^<]*${heading}</h2>`));
    }
    expect(page).toMatch(new RegExp(`/rules/${NOW}">[\\s\\S]*<strong>In force since 1 February 2026.</strong>`));
    expect(page).toMatch(new RegExp(`/rules/${FIRST}">[\\s\\S]*In force from 1 January 2026 until 1 February 2026\\.`));
    expect(page).toMatch(new RegExp(`/rules/${COMING}">[\\s\\S]*In force from 1 January 2099\\.`));
    expect(page).not.toContain(UNPUBLISHED);
  });

  it('show every rule of a ruleset under a link of its own, with when, then, because and the source', async () => {
    const page = await pageOf(`/rules/${FIRST}`);
    for (const { id } of await rulesOf(FIRST)) expect(page).toContain(`id="${id}"`);
    const rule = page.slice(page.indexOf('id="c-benefit"'), page.indexOf('id="c-injury"'));
    expect(rule.replaceAll(/<[^>]+>|\s+/g, ' ').replaceAll(/ +/g, ' ')).toMatch(
      /When the topic is “A benefit, .*” .* then it goes to Ministry of Social .* Because: The Ministry .* Source: Social Security Act 2018, ss 391-403 \. Checked/,
    );
  });

  it('are linked from the foot of every page', async () => {
    expect(await pageOf('/privacy')).toMatch(/<footer[\s\S]*href="\/rules"/);
  });

  it('speak te reo Māori where there are words, and mark what is English', async () => {
    const page = await pageOf(`/rules/${FIRST}`, { 'accept-language': 'mi' });
    expect(page).toContain('<html lang="mi"');
    expect(page).toMatch(/Nā te mea:\s*<span>Kei te mōrearea|Nā te mea:\s*<span>[^<]*Waea atu ki te 111/);
    expect(page).toMatch(/Nā te mea:\s*<span lang="en">/);
  });

  it.each(PAGES)('%s is valid HTML', async (path) => {
    await expectValidHtml(await pageOf(path));
  });

  // The tables are alike, and axe looks at each of some thousand elements: one of them will do.
  it.each(PAGES.slice(0, 2))('%s passes axe on a phone, and is all there without JavaScript', async (path) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(app.publicOrigin + path);
    await page.locator('body.js-enabled').waitFor();
    await expectNoAxeViolations(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    const withScripts = await page.locator('main').innerText();
    await page.close();
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(app.publicOrigin + path);
    expect(await plain.locator('main').innerText()).toBe(withScripts);
    await plain.close();
  });
});

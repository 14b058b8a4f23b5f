import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { createHash, randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { Database } from '../../config/database.js';
import { declareDatasets } from '../../src/insight/open-data/datasets.js';
import { describeFile } from '../../src/insight/open-data/files/checksums.js';
import type { ReleaseFile } from '../../src/insight/open-data/files/release-file.js';
import { writeRelease } from '../../src/insight/open-data/files/write-release.js';
import { parsePeriod } from '../../src/insight/open-data/periods.js';
import { domainOf, type DatasetId } from '../../src/insight/open-data/table-spec.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';
import { picture, visit } from '../browser/visit.js';
import { enrol, type Desk } from '../cases/desk.js';
import { Owner } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { expectNoAxeViolations } from '../support/axe.js';
import { expectValidHtml, openBrowser } from '../support/browser.js';

let app: TestApp;
let owner: Owner;
let people: string[];
const datasets = declareDatasets(loadFacetCatalogue());

/** Files of made-up figures: each cell another number, some below zero. */
function made(dataset: DatasetId, period: string, number: number): readonly ReleaseFile[] {
  const spec = datasets[dataset];
  const of = parsePeriod(period);
  return writeRelease({
    ...{ dataset: spec, period: of, number, releasedOn: '2026-11-20', baseUrl: app.publicOrigin, attacks: [] },
    publisher: { name: 'OneDoor', contactName: 'Open data', contactEmail: 'data@onedoor.test' },
    tables: spec.tables.map((table) => ({
      table: table.name,
      cells: domainOf(table, of).map((codes, at) => ({ codes, countNoisy: ((at * 37) % 90) - 9 })),
    })),
  });
}

/** Puts a release where those that were published lie. */
async function publish(
  dataset: DatasetId,
  period: string,
  number: number,
  state = 'published',
): Promise<readonly ReleaseFile[]> {
  const id = randomUUID();
  const [one, two] = people;
  await owner.rows(
    `INSERT INTO open_data_releases (id, dataset, period, number, state, prepared_by, prepared_on, approved_by, approved_on, published_on)
     VALUES ($1, $2, $3, $4, $5, $6, '2026-11-18', $7, '2026-11-19', CASE $5 WHEN 'published' THEN '2026-11-20'::date END)`,
    [id, dataset, period, number, state, one, two],
  );
  const files = made(dataset, period, number);
  for (const file of files) {
    const { bytes, sha256 } = describeFile(file);
    await owner.rows(
      `INSERT INTO open_data_files (release_id, name, media_type, bytes, sha256, body) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, file.name, file.mediaType, bytes, sha256, Buffer.from(file.body)],
    );
  }
  return files;
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(app.publicOrigin + path, { headers, method, redirect: 'manual' });
const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

const R1 = '/open-data/v1/complaints/2026-Q3/r1';
const CSV = `${R1}/received-by-stage.csv`;
let files: readonly ReleaseFile[];
const csv = (): Buffer => Buffer.from(files.find(({ name }) => name === 'received-by-stage.csv')?.body ?? []);

beforeAll(async () => {
  // Behind a proxy, so that a crowd can come from elsewhere.
  app = await startApp({ ROLE: 'web', TRUSTED_PROXIES: '1' });
  owner = await Owner.of(app);
  const desk: Desk = {
    ...app,
    database: app.app.get(Database, { strict: false }),
    rows: (sql, values) => owner.rows(sql, values),
  };
  people = [];
  for (let n = 0; n < 2; n++) people.push((await enrol(desk, 'triage', ['analyst'])).actor.staffId);
  await publish('complaints', '2026-Q2', 1);
  files = await publish('complaints', '2026-Q3', 1);
  await publish('complaints', '2026-Q3', 2);
  await publish('complaints', '2026-Q1', 1, 'drawn');
  await publish('disclosures', '2025', 1);
});
afterAll(async () => {
  await owner.close();
  await app.close();
});

describe('a file of a release', () => {
  it('is sent to the byte, with its hash, to anybody and any site, and may be kept for ever', async () => {
    for (const { name, mediaType, body } of files) {
      const answer = await get(`${R1}/${name}`);
      expect([name, answer.status]).toEqual([name, 200]);
      expect((await bytesOf(answer)).equals(Buffer.from(body))).toBe(true);
      const header = (of: string): string | null => answer.headers.get(of);
      expect(header('etag')).toBe(`"${createHash('sha256').update(body).digest('hex')}"`);
      expect(header('content-type')).toMatch(new RegExp(`^${mediaType.replace(/[+.]/g, '\\$&')}`));
      expect(header('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(header('access-control-allow-origin')).toBe('*');
      expect(header('cross-origin-resource-policy')).toBe('cross-origin');
      expect(header('set-cookie')).toBeNull();
    }
  });

  it('is not sent again to whoever has it', async () => {
    const etag = (await get(CSV)).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get(CSV, { 'if-none-match': known });
      expect([known, answer.status, (await bytesOf(answer)).length]).toEqual([known, 304, 0]);
      expect(answer.headers.get('etag')).toBe(etag);
    }
    expect((await get(CSV, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('may be asked for by a script of another site that has it already, or a part of it', async () => {
    for (const path of [CSV, '/open-data/data.json', '/open-data/catalogue.jsonld', '/open-data/releases.atom']) {
      const asked = { origin: 'https://other.test', 'access-control-request-method': 'GET' };
      const headers = { ...asked, 'access-control-request-headers': 'if-none-match' };
      const answer = await fetch(app.publicOrigin + path, { method: 'OPTIONS', headers });
      expect([path, answer.status]).toEqual([path, 204]);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-headers')).toContain('If-None-Match');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
    const page = await fetch(`${app.publicOrigin}/open-data`, { method: 'OPTIONS' });
    expect([page.status, page.headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });

  it('is sent in part, as long as it is the same file', async () => {
    const whole = csv();
    const etag = (await get(CSV)).headers.get('etag') ?? '';
    const parts: [string, Buffer][] = [
      ['bytes=0-9', whole.subarray(0, 10)],
      ['bytes=10-', whole.subarray(10)],
      ['bytes=-7', whole.subarray(-7)],
      ['bytes=5-999999', whole.subarray(5)],
    ];
    for (const [range, part] of parts) {
      const answer = await get(CSV, { range, 'if-range': etag });
      expect([range, answer.status]).toEqual([range, 206]);
      expect((await bytesOf(answer)).equals(part)).toBe(true);
      expect(answer.headers.get('content-range')).toMatch(new RegExp(`^bytes \\d+-\\d+/${whole.length.toString()}$`));
    }
    for (const headers of [
      { range: 'bytes=0-9', 'if-range': '"another"' },
      { range: 'bytes=0-1,5-6' },
      { range: 'lines=0-1' },
      { range: 'lines=999999999-' },
      { range: 'bytes=x' },
    ]) {
      const answer = await get(CSV, headers);
      expect([headers, answer.status]).toEqual([headers, 200]);
      expect((await bytesOf(answer)).equals(whole)).toBe(true);
    }
    const beyond = await get(CSV, { range: `bytes=${whole.length.toString()}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length.toString()}`]);
  });

  it('says its size before it is sent', async () => {
    const answer = await get(CSV, { range: 'bytes=0-9' }, 'HEAD');
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, csv().length.toString()]);
  });

  it('is checked against the checksums beside it', async () => {
    const sums = await (await get(`${R1}/SHA256SUMS`)).text();
    for (const line of sums.trim().split('\n')) {
      const [, sum = '', name = ''] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      const body = await bytesOf(await get(`${R1}/${name}`));
      expect([name, createHash('sha256').update(body).digest('hex')]).toEqual([name, sum]);
    }
  });
});

describe('what was not published', () => {
  it('looks like what never was', async () => {
    const paths = [
      '/open-data/v1/complaints/2026-Q1/r1',
      '/open-data/v1/complaints/2026-Q1/r1/received-by-stage.csv',
      '/open-data/v1/complaints/2026-Q1/latest',
      '/open-data/v1/complaints/2024-Q1/r1/received-by-stage.csv',
      '/open-data/v1/complaints/2026-Q3/r9/received-by-stage.csv',
      '/open-data/v1/complaints/2026-Q3/r0/received-by-stage.csv',
      '/open-data/v1/complaints/2026-Q3/1/received-by-stage.csv',
      '/open-data/v1/nothing/latest',
      '/open-data/v1/nothing',
      '/open-data/v1/%00',
      `${R1}/nothing.csv`,
      `${R1}/a/b`,
      `${R1}/%00`,
      `${R1}/..%2F..%2Fsecrets`,
      '/open-data/v1/complaints/%00/r1',
      '/open-data/v1/constructor/latest',
    ];
    const answers = [];
    for (const path of paths) {
      const answer = await get(path);
      answers.push(
        `${answer.status.toString()} ${(await answer.text()).replace(/content="[\w-]+"|value="[^"]*"/g, '')}`,
      );
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^404 /);
  });

  it('is in no list', async () => {
    for (const path of [
      '/open-data',
      '/open-data/data.json',
      '/open-data/catalogue.jsonld',
      '/open-data/releases.atom',
    ])
      expect([path, (await (await get(path)).text()).includes('2026-Q1')]).toEqual([path, false]);
  });
});

describe('the catalogue', () => {
  it('names every file of the newest release of each period under the address where it lies', async () => {
    const { dataset } = (await (await get('/open-data/data.json')).json()) as {
      dataset: { identifier: string; distribution: { downloadURL: string }[] }[];
    };
    expect(dataset).toHaveLength(2);
    const urls = dataset.flatMap(({ distribution }) => distribution.map(({ downloadURL }) => downloadURL));
    expect(urls.some((url) => url.includes('/2026-Q3/r2'))).toBe(true);
    expect(urls.some((url) => url.includes('/2026-Q3/r1/'))).toBe(false);
    for (const url of urls.slice(0, 12)) {
      expect(url.startsWith(app.settings.publicOrigin)).toBe(true);
      expect([url, (await get(new URL(url).pathname)).status]).toEqual([url, 200]);
    }
  });

  it('has a feed, a form for other catalogues, and is sent only where it changed', async () => {
    for (const [path, type] of [
      ['/open-data/releases.atom', 'application/atom+xml; charset=utf-8'],
      ['/open-data/catalogue.jsonld', 'application/ld+json; charset=utf-8'],
      ['/open-data/data.json', 'application/json; charset=utf-8'],
    ] as const) {
      const answer = await get(path);
      expect([path, answer.headers.get('content-type')]).toEqual([path, type]);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect((await get(path, { 'if-none-match': answer.headers.get('etag') ?? '' })).status).toBe(304);
    }
    expect((await (await get('/open-data/releases.atom')).text()).match(/<entry>/g)).toHaveLength(4);
  });

  it('names no address of ours that is not there', async () => {
    const named = async (path: string): Promise<string[]> => {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const all = (await answer.text()).match(/https?:\/\/[^\s"<>]+/g) ?? [];
      return all.filter((url) => url.startsWith(`${app.publicOrigin}/`));
    };
    const places = [
      ...['/open-data/data.json', '/open-data/catalogue.jsonld', '/open-data/releases.atom'],
      ...[`${R1}/datapackage.json`, '/open-data/v1/disclosures/2025/r1/datapackage.json'],
    ];
    const urls = new Set<string>();
    for (const place of places) {
      const found = await named(place);
      expect([place, found.length > 1]).toEqual([place, true]);
      for (const url of found) urls.add(url);
    }
    for (const dataset of ['complaints', 'disclosures'])
      expect(urls).toContain(`${app.publicOrigin}/open-data/v1/${dataset}`);
    for (const url of urls) expect([url, (await fetch(url)).status]).toEqual([url, 200]);
  });

  it('leads to the newest release', async () => {
    expect((await get('/open-data/v1/complaints')).headers.get('location')).toBe('/open-data/v1/complaints/2026-Q3/r2');
    expect((await get('/open-data/v1/complaints/latest')).headers.get('location')).toBe(
      '/open-data/v1/complaints/2026-Q3/r2',
    );
    expect((await get('/open-data/v1/complaints/2026-Q2/latest')).headers.get('location')).toBe(
      '/open-data/v1/complaints/2026-Q2/r1',
    );
    expect((await get('/open-data/v1/disclosures/latest')).headers.get('location')).toBe(
      '/open-data/v1/disclosures/2025/r1',
    );
  });
});

describe('the pages of open data', () => {
  it('show the figures of the files and no others, below zero too', async () => {
    const page = await (await get(R1)).text();
    for (const { count_noisy } of parse<{ count_noisy: string }>(csv(), { columns: true }))
      expect(page).toContain(`>${count_noisy}</td>`);
    expect(page).toContain('>-9</td>');
    const main = page.slice(page.indexOf('<main'), page.indexOf('</main>'));
    expect(main).not.toMatch(/<script|<style|style=/);
  });

  it('are found by whoever cuts the name of a file off, with the slash and without', async () => {
    expect((await get(`${R1}/`)).status).toBe(200);
    expect((await get(R1)).status).toBe(200);
  });

  it('are the same at a second look, each in its language', async () => {
    // All but what is another for each answer.
    const look = async (language: string): Promise<string> =>
      (await (await get(R1, { 'accept-language': language })).text()).replace(/content="[\w-]+"|value="[^"]*"/g, '');
    const [english, maori] = [await look('en'), await look('mi')];
    expect([await look('en'), await look('mi')]).toEqual([english, maori]);
    expect([english.includes('<html lang="en"'), maori.includes('<html lang="mi"')]).toEqual([true, true]);
  });

  it('say of months that are added up what the quality statement says', async () => {
    const statement = await (await get(`${R1}/quality-statement.md`)).text();
    const [, margin = ''] = /\| 3 \| [\d.]+ \| ±(\d+) \|/.exec(statement) ?? [];
    // In a picture a sentence goes on in another line.
    const page = (await (await get(R1)).text()).replace(/<[^>]+>/g, ' ');
    expect(page).toMatch(new RegExp(`at most about\\s+${margin}\\b`));
    expect(margin).toBe('20');
  });

  it('are slowed for who asks for too many of them', async () => {
    const status = async (path: string): Promise<number> =>
      (await get(path, { 'x-forwarded-for': '203.0.113.7', accept: 'application/json' })).status;
    const several = (path: string): Promise<number[]> => Promise.all(Array.from({ length: 25 }, () => status(path)));
    // What nothing of ours is called is not looked for, and counts all the same.
    while (!(await several('/open-data/v1/NOTHING')).includes(429));
    for (const path of [
      ...['/open-data', R1, '/open-data/v1/complaints', '/open-data/v1/complaints/latest'],
      '/open-data/v1/complaints/2026-Q3/latest',
    ])
      expect([path, await several(path)]).toEqual([path, expect.arrayContaining([429])]);
    expect((await get('/open-data')).status).toBe(200);
  });

  it('are not for other sites to read', async () => {
    const answer = await get('/open-data', { origin: 'https://other.test' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('are valid, fit a phone, and break no rule of accessibility and no policy', async () => {
    const browser: Browser = await openBrowser();
    try {
      const { page, wrong } = await visit(browser);
      for (const [path, name] of [
        ['/open-data', 'open-data'],
        [R1, 'open-data-release'],
        ['/open-data/v1/disclosures/2025/r1', 'open-data-disclosures'],
      ] as const) {
        const response = await page.goto(app.publicOrigin + path);
        await expectValidHtml((await response?.text()) ?? '');
        for (const width of [360, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await expectNoAxeViolations(page);
          const wide = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect([path, width, wide]).toEqual([path, width, 0]);
        }
        await picture(page, name);
      }
      expect(wrong).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

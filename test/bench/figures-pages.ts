import { monthsAfter } from '../../src/clocks/months.js';
import { statfs } from 'node:fs/promises';
import { loadDirectory } from '../../src/agencies/directory.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { monthOf } from '../../src/insight/cubes/months.js';
import type { CubeReader } from '../../src/insight/cubes/read-cubes.js';
import { FigureWords } from '../../src/insight/dashboards/figure-words.js';
import { PAGES } from '../../src/insight/dashboards/figures.service.js';
import type { FiguresPage, Question } from '../../src/insight/dashboards/question.js';
import { loadFacetCatalogue } from '../../src/routing/facets.js';
import type { StaffActor } from '../../src/staff/staff-actor.js';
import { Translations } from '../../src/web/translations.js';
import type { BenchStand } from './bench-stand.js';
import { openFiguresServer, type FiguresServer } from './figures-server.js';
import { latenciesOf, type Latencies } from './latencies.js';
import { say } from './machine.js';
import { loadFigures } from './many-figures.js';

/** All pages of figures but that of what was learnt, which is made of what agencies wrote down. */
export const PAGE_NAMES = ['overview', 'steps', 'hand-offs', 'agencies', 'themes', 'practice'] as const;
type PageName = (typeof PAGE_NAMES)[number];

/** May see all. */
const ANALYST: StaffActor = {
  kind: 'staff',
  staffId: '00000000-0000-4000-8000-000000000001',
  agencyId: 'triage',
  roles: ['analyst'],
  displayName: 'Analyst',
};
/** Disk that a complaint takes while it is loaded, and what is to be left of it. */
const BYTES_EACH = 2_000;
const LEFT = 10 * 2 ** 30;

/** Asks one thing once more. */
type Ask = (reader: CubeReader) => Promise<unknown>;

/** Figures of so many complaints, in a database of their own. */
export interface Sized {
  readonly size: number;
  readonly name: string;
  readonly server: FiguresServer;
  readonly asks: Partial<Record<PageName, readonly Ask[]>>;
  /** Milliseconds. */
  readonly times: Readonly<Record<PageName, { readonly queries: number[]; readonly whole: number[] }>>;
}

/**
 * Makes a database with figures of so many complaints.
 *
 * @param since first day of what is counted a second time, YYYY-MM-DD
 * @throws where they would fill the disk
 */
export async function openSized(stand: BenchStand, size: number, months: number, since: string): Promise<Sized> {
  const { bavail, bsize } = await statfs(stand.home);
  if (bavail * bsize < size * BYTES_EACH + LEFT) {
    throw new Error(`There is not disk enough for ${size.toString()} complaints: choose less with BENCH_SIZES.`);
  }
  const name = `figures_${size.toString()}`;
  await stand.copyDatabase(name);
  const server = await openFiguresServer(stand, name);
  await server.counter.runOnce();
  const began = performance.now();
  await stand.asOwner(
    (client) => loadFigures(client, server.keys, { count: size, agencies: 55, months, seed: 0.25 }, since),
    name,
  );
  const [{ cells, mib } = { cells: 0, mib: 0 }] = await stand.asOwner(async (client) => {
    const { rows } = await client.query<{ cells: number; mib: number }>(
      `SELECT count(*)::int AS cells, (pg_database_size(current_database()) / 1048576)::int AS mib FROM figure_cells`,
    );
    return rows;
  }, name);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  say(
    `loaded       ${size.toString().padStart(7)} complaints in ${cells.toString()} cells, ${mib.toString()} MiB, in ${seconds} s`,
  );
  const times = Object.fromEntries(PAGE_NAMES.map((page) => [page, { queries: [], whole: [] }])) as unknown;
  return { size, name, server, asks: {}, times: times as Sized['times'] };
}

/** Looks at each page once, as an analyst of the operator would: with its pictures. */
export async function timePages({ server, times }: Sized, remember: boolean): Promise<void> {
  for (const page of PAGE_NAMES) {
    const took = await timePage(server, PAGES[page]);
    if (remember) times[page].whole.push(took);
  }
}

/**
 * Asks for each page once what it asks the database for, and makes no picture of it: the memory that pictures take is given
 * back in pauses, which would fall on whatever is timed then.
 */
export async function timeQueries(one: Sized, remember: boolean): Promise<void> {
  for (const page of PAGE_NAMES) {
    const asks = (one.asks[page] ??= await asksOf(one.server, PAGES[page]));
    const began = performance.now();
    await one.server.cubes.reading(ANALYST, async (reader) => {
      for (const ask of asks) await ask(reader);
    });
    if (remember) one.times[page].queries.push(performance.now() - began);
  }
}

const question = (): Question => {
  const until = monthsAfter(monthOf(todayInAuckland()), -1);
  return { agency: '*', until, months: 24, year: 12, ofEach: true, ownAgency: ANALYST.agencyId };
};
const words = new FigureWords(new Translations().in('en'), 'en', loadFacetCatalogue(), loadDirectory());

async function timePage({ cubes }: FiguresServer, page: FiguresPage): Promise<number> {
  const began = performance.now();
  const panels = await cubes.reading(ANALYST, (reader) => page(reader, question(), words));
  const pictures = panels.map(({ draw }) => draw());
  const took = performance.now() - began;
  // A page without figures would be fast, and nothing.
  if (!panels.some(({ rows }, n) => pictures[n] !== '' && rows.length > 0))
    throw new Error('A page of figures came without any.');
  return took;
}

/* The questions of a page, in their order. */
async function asksOf({ cubes }: FiguresServer, page: FiguresPage): Promise<readonly Ask[]> {
  const asks: Ask[] = [];
  await cubes.reading(ANALYST, (reader) => {
    const noting = new Proxy(reader, {
      get(target, name) {
        const method = Reflect.get(target, name, target) as unknown;
        if (typeof method !== 'function') return method;
        return (...asked: unknown[]): unknown => {
          asks.push((again) => Reflect.apply(method, again, asked) as Promise<unknown>);
          return Reflect.apply(method, target, asked);
        };
      },
    });
    return page(noting, question(), words);
  });
  return asks;
}

/** Milliseconds of the raw `GROUP BY` of all cases of a size. */
export async function timeRaw(stand: BenchStand, { name }: Sized, times: number): Promise<Latencies> {
  return stand.asOwner(async (client) => {
    const took: number[] = [];
    for (let time = 0; time < times; time++) {
      const began = performance.now();
      await client.query(`SELECT date_trunc('month', lodged_on) AS month, facets->>'topic' AS topic, count(*) FROM cases
                           WHERE path = 'complaint' GROUP BY 1, 2`);
      took.push(performance.now() - began);
    }
    return latenciesOf(took);
  }, name);
}

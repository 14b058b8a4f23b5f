import process from 'node:process';
import { type BenchStand, type Found } from './bench-stand.js';
import { measureFolding } from './figures-folding.js';
import { measureLodging } from './figures-lodging.js';
import { openSized, PAGE_NAMES, timePages, timeRaw, type Sized } from './figures-pages.js';
import { measureRelease } from './figures-release.js';
import { latenciesOf, round } from './latencies.js';
import { load, say } from './machine.js';

const SMALL = process.argv.includes('--small');
/** Complaints whose events are folded. */
const COMPLAINTS = Number(process.env.BENCH_COMPLAINTS ?? (SMALL ? 10_000 : 200_000));
/** Complaints of which there are dashboards, the fewest first. */
const SIZES = (process.env.BENCH_SIZES ?? (SMALL ? '10000,50000' : '10000,1000000,5000000')).split(',').map(Number);
/** How often each page is asked of each size. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? (SMALL ? 30 : 200));
const SECONDS = Number(process.env.BENCH_SECONDS ?? (SMALL ? 3 : 10));
const MONTHS = 36;
const RAW_TIMES = 3;

/** Events are folded at least so many times as fast as lodging writes them. */
const FOLD_GOAL = 5;
const P99_GOAL_MS = 50;
/** A larger set may take this many times as long as the smallest, and what the machine makes of it beside that. */
const FLAT_GOAL = 1.5;

/**
 * What figures cost: counting events beside what a GROUP BY could do at best and beside how fast there can be any, pages of
 * figures beside the raw GROUP BY at three sizes, the nightly count at each, and a release.
 */
export async function benchFigures(stand: BenchStand): Promise<Found> {
  say(
    `load average ${load()} before all; ${COMPLAINTS.toString()} complaints are folded, ${ROUNDS.toString()} rounds of pages`,
  );
  const folding = await measureFolding(stand, COMPLAINTS, MONTHS);
  const lodgingsPerSecond = await measureLodging(stand, SECONDS);
  const perLodging = round(folding.eventsPerSecond / lodgingsPerSecond);
  const ratio = round(folding.eventsPerSecond / folding.ceilingPerSecond);
  const foldingMet = perLodging >= FOLD_GOAL;
  say(
    `verdict      events are folded ${perLodging.toString()} times as fast as lodgings write them, one each (goal: ${FOLD_GOAL.toString()}): ${verdict(foldingMet)}`,
  );
  say(
    `             whole complaints with all their ${folding.eventsEach.toString()} events: ${round(perLodging / folding.eventsEach).toString()} times; ratio to the ceiling ${ratio.toString()}`,
  );

  const sized: Sized[] = [];
  for (const size of SIZES) sized.push(await openSized(stand, size, MONTHS));
  say(
    '             cases, facts and cells whole; steps, clocks and hand-overs of what the nightly count looks at alone;',
  );
  say('             foreign keys were not checked while loading, indexes of cases made after it');
  const warmUp = Math.ceil(ROUNDS / 5);
  say(`load average ${load()} before timing pages`);
  for (let round = -warmUp; round < ROUNDS; round++) for (const one of sized) await timePages(one, round >= 0);
  say(`load average ${load()} after timing pages`);
  const pages = await reportPages(stand, sized);
  const recounts = await recountAll(sized);
  for (const { name, server } of sized) {
    await server.close();
    await stand.dropDatabase(name);
  }

  const release = measureRelease();
  say(`verdict      both releases in ${release.seconds.toString()} s at most (goal: 60): ${verdict(release.met)}`);
  return {
    ratio,
    met: foldingMet && pages.met && recounts.met && release.met,
    ...{ folding, lodgingsPerSecond, eventsFoldedPerLodging: perLodging, foldGoal: FOLD_GOAL },
    ...{ pages: pages.found, p99GoalMs: P99_GOAL_MS, flatGoal: FLAT_GOAL, recountSeconds: recounts.seconds },
    releaseSeconds: release.seconds,
  };
}

async function reportPages(stand: BenchStand, sized: readonly Sized[]): Promise<{ met: boolean; found: object }> {
  let met = true;
  const found: Record<string, object> = {};
  for (const one of sized) {
    const raw = await timeRaw(stand, one, RAW_TIMES);
    const size = one.size.toString().padStart(7);
    const pages: Record<string, object> = {};
    for (const page of PAGE_NAMES) {
      const [queries, whole] = [latenciesOf(one.times[page].queries), latenciesOf(one.times[page].whole)];
      const least = sized[0]?.times[page].queries ?? [];
      const [first, noise] = [latenciesOf(least), noiseOf(least)];
      const good = queries.p99 <= P99_GOAL_MS && queries.p99 <= FLAT_GOAL * first.p99 + noise;
      met &&= good;
      say(
        `${size} ${page.padEnd(9)} queries p50 ${queries.p50.toFixed(1)} ms, p99 ${queries.p99.toFixed(1)} ms ` +
          `(of the least ${first.p99.toFixed(1)}, noise ${noise.toFixed(1)}): ${verdict(good)}; ` +
          `the whole with its pictures p50 ${whole.p50.toFixed(1)} ms, p99 ${whole.p99.toFixed(1)} ms`,
      );
      pages[page] = { queries, whole };
    }
    say(
      `${size} raw GROUP BY of cases by month and topic: ${raw.p50.toFixed(1)} ms, the median of ${RAW_TIMES.toString()}`,
    );
    found[one.size.toString()] = { ...pages, rawMs: raw.p50 };
  }
  return { met, found };
}

/* By how much every other round has another p99 than the rest, though nothing differs: at least a clock tick. */
function noiseOf(times: readonly number[]): number {
  const p99Of = (half: number): number => latenciesOf(times.filter((_, at) => at % 2 === half)).p99;
  return Math.max(1, round(Math.abs(p99Of(0) - p99Of(1))));
}

async function recountAll(sized: readonly Sized[]): Promise<{ met: boolean; seconds: Record<string, number> }> {
  let met = true;
  const seconds: Record<string, number> = {};
  for (const { size, server } of sized) {
    const began = performance.now();
    const { facts, cells } = await server.counter.recountOnce();
    const took = (performance.now() - began) / 1000;
    seconds[size.toString()] = round(took);
    met &&= facts + cells === 0;
    say(
      `${size.toString().padStart(7)} nightly count of two months in ${took.toFixed(1)} s, which found ${facts.toString()} complaints and ${cells.toString()} cells otherwise`,
    );
  }
  return { met, seconds };
}

function verdict(met: boolean): string {
  return met ? 'met' : 'NOT met';
}

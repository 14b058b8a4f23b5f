import process from 'node:process';
import { type BenchStand, type Found } from './bench-stand.js';
import { measureFolding } from './figures-folding.js';
import { measureLodging } from './figures-lodging.js';
import { openSized, PAGE_NAMES, timePages, timeQueries, timeRaw, type Sized } from './figures-pages.js';
import { lastQuarter, measureReleases } from './figures-release.js';
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
const RELEASE_GOAL_SECONDS = 60;
/** A larger set may take this many times as long as the smallest, and the pauses of the process beside that. */
const FLAT_GOAL = 1.5;

/**
 * What figures cost: counting events beside what a GROUP BY could do at best and beside how fast there can be any, pages of
 * figures beside the raw GROUP BY at three sizes, the nightly count at each, and bringing out releases of the largest.
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
  for (const size of SIZES) sized.push(await openSized(stand, size, MONTHS, lastQuarter().firstDay));
  say(
    '             cases, facts and cells whole; steps, clocks and hand-overs of what came or moved since the last whole quarter began alone;',
  );
  say('             foreign keys were not checked while loading, indexes of cases made after it');
  const warmUp = Math.ceil(ROUNDS / 5);
  say(`load average ${load()} before timing pages`);
  for (const time of [timeQueries, timePages])
    for (let round = -warmUp; round < ROUNDS; round++) for (const one of sized) await time(one, round >= 0);
  say(`load average ${load()} after timing pages`);
  const pages = await reportPages(stand, sized);
  const recounts = await recountAll(sized);
  const largest = sized.at(-1);
  const releases = largest ? await measureReleases(stand, largest) : {};
  const releaseMet = Object.values(releases).every((seconds) => seconds <= RELEASE_GOAL_SECONDS);
  say(`verdict      each release in at most ${RELEASE_GOAL_SECONDS.toString()} s: ${verdict(releaseMet)}`);
  for (const { name, server } of sized) {
    await server.close();
    await stand.dropDatabase(name);
  }
  return {
    ratio,
    met: foldingMet && pages.met && recounts.met && releaseMet,
    ...{ folding, lodgingsPerSecond, eventsFoldedPerLodging: perLodging, foldGoal: FOLD_GOAL },
    ...{ pages: pages.found, p99GoalMs: P99_GOAL_MS, flatGoal: FLAT_GOAL, recountSeconds: recounts.seconds },
    releaseSeconds: releases,
    releaseGoalSeconds: RELEASE_GOAL_SECONDS,
  };
}

async function reportPages(stand: BenchStand, sized: readonly Sized[]): Promise<{ met: boolean; found: object }> {
  let met = true;
  const found: Record<string, object> = {};
  const noise = noiseOf(sized[0]);
  for (const one of sized) {
    const raw = await timeRaw(stand, one, RAW_TIMES);
    const size = one.size.toString().padStart(7);
    const pages: Record<string, object> = {};
    for (const page of PAGE_NAMES) {
      const [queries, whole] = [latenciesOf(one.times[page].queries), latenciesOf(one.times[page].whole)];
      const first = latenciesOf(sized[0]?.times[page].queries ?? []);
      const good = queries.p99 <= P99_GOAL_MS && queries.p99 <= FLAT_GOAL * first.p99 + noise;
      met &&= good;
      say(
        `${size} ${page.padEnd(9)} queries p50 ${queries.p50.toFixed(1)} ms, p99 ${queries.p99.toFixed(1)} ms ` +
          `(of the least ${first.p99.toFixed(1)}, noise ${noise.toFixed(1)}): ${verdict(good)}; ` +
          `the page with its pictures p50 ${whole.p50.toFixed(1)} ms, p99 ${whole.p99.toFixed(1)} ms`,
      );
      pages[page] = { queries, whole };
    }
    say(
      `${size} raw GROUP BY of cases by month and topic: ${raw.p50.toFixed(1)} ms, the median of ${RAW_TIMES.toString()}`,
    );
    found[one.size.toString()] = { ...pages, rawMs: raw.p50, noiseMs: noise };
  }
  return { met, found };
}

/**
 * Milliseconds that are not the database's: the process pauses to give back memory, and whatever is asked then waits. By how
 * much the slowest of the least figures are over their median, of the page where that is most.
 */
function noiseOf(least: Sized | undefined): number {
  const over = PAGE_NAMES.map((page) => {
    const { p50, p99 } = latenciesOf(least?.times[page].queries ?? []);
    return p99 - p50;
  });
  return Math.max(1, round(Math.max(...over)));
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

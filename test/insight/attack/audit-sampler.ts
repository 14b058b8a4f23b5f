import { chiSquare, critical, tally } from './chi-square.js';
import { lowerBound, upperBound } from './clopper-pearson.js';
import { E, type Release } from './samplers.js';

/** Chance of a wrong alarm of the audit of one sampler. */
const ALPHA = 1e-6;
/** Counts are told apart up to this far from zero; all beyond are one. */
const FAR = 12;
const BINS = 2 * FAR + 1;

export interface SamplerAudit {
  readonly sampler: string;
  /** How far what was drawn is from the distribution that is proven, and what that passes once in a million times. */
  readonly chiSquare: number;
  readonly critical: number;
  /** The privacy loss is this or more, but for one run in a million. */
  readonly epsilonAtLeast: number;
  readonly epsilon: number;
  readonly caught: boolean;
}

/**
 * Tests what is published for counts of 0 and 1: whether it is distributed as is proven, and whether some outcome tells
 * one from the other better than epsilon allows.
 *
 * @param trials for each of the two, twice: what to look at is chosen by one half, and looked at in the other
 */
export function auditSampler(sampler: string, release: Release, trials: number): SamplerAudit {
  const [chosenBy, looked] = [0, 1].map(() => [publish(release, 0, trials), publish(release, 1, trials)] as const);
  if (!chosenBy || !looked) throw new Error('There are two halves.');
  const drawn = 4 * trials;
  const noise = Array.from({ length: BINS }, (_, i) =>
    [...chosenBy, ...looked].reduce((sum, { noises }) => sum + (noises[i] ?? 0), 0),
  );
  const distance = chiSquare(noise, (i) => drawn * expected(i));
  const epsilonAtLeast = Math.max(...[0, 1].map((above) => ratioAtLeast(chosenBy, looked, above, trials)));
  const limit = critical(2 * FAR);
  return {
    sampler,
    chiSquare: distance,
    critical: limit,
    epsilonAtLeast,
    epsilon: E,
    caught: distance > limit || epsilonAtLeast > E,
  };
}

/** How often each outcome is seen, and each noise by itself. */
interface Seen {
  readonly outcomes: readonly number[];
  readonly noises: readonly number[];
}

function publish(release: Release, count: number, trials: number): Seen {
  const published = Array.from({ length: trials }, () => Number(release(BigInt(count))));
  return {
    outcomes: tally(BINS, published.map(bin)),
    noises: tally(
      BINS,
      published.map((x) => bin(x - count)),
    ),
  };
}

/** The ends have all beyond them. */
function bin(x: number): number {
  return Math.min(Math.max(x, -FAR), FAR) + FAR;
}

function expected(i: number): number {
  const [q, x] = [Math.exp(-E), Math.abs(i - FAR)];
  return x === FAR ? q ** x / (1 + q) : ((1 - q) / (1 + q)) * q ** x;
}

/** What is seen for a count of 0, and for 1. */
type Half = readonly [Seen, Seen];

/** The logarithm of how much likelier something is for one count than for the other, from below. */
function ratioAtLeast(chosenBy: Half, looked: Half, above: number, trials: number): number {
  const [more, less] = above === 1 ? ([1, 0] as const) : ([0, 1] as const);
  const ratio = ([k, of]: readonly [number, number]): number =>
    Math.log(lowerBound(k, trials, ALPHA / 4)) - Math.log(upperBound(of, trials, ALPHA / 4));
  const events = eventsOf(BINS);
  const counted = (half: Half, event: readonly number[]): readonly [number, number] => [
    sum(half[more].outcomes, event),
    sum(half[less].outcomes, event),
  ];
  const best = events
    .map((event) => ({ event, ratio: ratio(counted(chosenBy, event)) }))
    .reduce((one, other) => (other.ratio > one.ratio ? other : one));
  return ratio(counted(looked, best.event));
}

/** What may tell the counts apart: each outcome by itself, all up to it, and all from it on. */
function eventsOf(size: number): number[][] {
  const all = Array.from({ length: size }, (_, i) => i);
  return all.flatMap((i) => [[i], all.slice(0, i + 1), all.slice(i)]);
}

function sum(seen: readonly number[], event: readonly number[]): number {
  return event.reduce((total, i) => total + (seen[i] ?? 0), 0);
}

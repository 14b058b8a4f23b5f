import type { Directory } from '../agencies/directory.js';
import { decide } from './decide.js';
import type { Decision } from './decide.js';
import { facetsAsStored } from './facets.js';
import type { Ruleset } from './ruleset.js';
import type { StoredDecision } from './stored-decisions.js';

/** Where a decision leads: an agency, a human at the desk, the path of disclosures, or nowhere. */
export type Place =
  | { readonly kind: 'agency' | 'disclosure'; readonly id: string }
  | { readonly kind: 'desk' }
  | { readonly kind: 'stop' };

interface Move {
  readonly from: Place;
  readonly to: Place;
  readonly count: number;
}

/** What would have come of decisions had they been made by another ruleset. */
export interface ReplayReport {
  readonly version: string;
  readonly looked: number;
  readonly unchanged: number;
  /** Placed by a human: they would not move, whatever the rules say. */
  readonly pinned: number;
  /** The most frequent first. */
  readonly moves: readonly Move[];
}

/** Decides stored decisions again by a ruleset, and counts what would move. Nothing is changed. */
export async function replay(
  pages: AsyncIterable<readonly StoredDecision[]>,
  ruleset: Ruleset,
  directory: Directory,
): Promise<ReplayReport> {
  const moves = new Map<string, { from: Place; to: Place; count: number }>();
  let [looked, unchanged, pinned] = [0, 0, 0];
  for await (const page of pages) {
    for (const stored of page) {
      looked++;
      if (stored.pinned) {
        pinned++;
        continue;
      }
      const from: Place = stored.decidedFor === null ? { kind: 'desk' } : { kind: 'agency', id: stored.decidedFor };
      const to = placeOf(decide(ruleset, directory, facetsAsStored(stored.facets)));
      const key = `${wordsOf(from)} ${wordsOf(to)}`;
      if (wordsOf(from) === wordsOf(to)) unchanged++;
      else moves.set(key, { from, to, count: (moves.get(key)?.count ?? 0) + 1 });
    }
  }
  const sorted = [...moves].sort(([a, { count: most }], [b, { count: least }]) => least - most || (a < b ? -1 : 1));
  return { version: ruleset.version, looked, unchanged, pinned, moves: sorted.map(([, move]) => move) };
}

/** Stored decisions held against what their own ruleset says again. */
export interface RecordReport {
  readonly looked: number;
  /** Decisions that come out otherwise, or whose ruleset there is no file of, by ruleset. */
  readonly differing: ReadonlyMap<string, number>;
}

/** Decides stored decisions again by the ruleset each names: the same rules must fire, and lead to the same place. */
export async function replayRecord(
  pages: AsyncIterable<readonly StoredDecision[]>,
  byVersion: (version: string) => Ruleset | undefined,
  directory: Directory,
): Promise<RecordReport> {
  const differing = new Map<string, number>();
  let looked = 0;
  for await (const page of pages) {
    for (const stored of page) {
      looked++;
      const ruleset = byVersion(stored.ruleset);
      const again = ruleset && recordOf(decide(ruleset, directory, facetsAsStored(stored.facets)));
      const { ruleset: version, rules, decidedFor } = stored;
      if (JSON.stringify(again) === JSON.stringify({ ruleset: version, rules, decidedFor })) continue;
      differing.set(version, (differing.get(version) ?? 0) + 1);
    }
  }
  return { looked, differing };
}

/** What is recorded of a decision beside its facets. */
export function recordOf(decision: Decision): Pick<StoredDecision, 'ruleset' | 'rules' | 'decidedFor'> {
  const { ruleset, rules, outcome, destination } = decision;
  return { ruleset, rules, decidedFor: outcome === 'triage' ? null : (destination?.id ?? null) };
}

/** A place as the command prints it. */
export function wordsOf(place: Place): string {
  switch (place.kind) {
    case 'agency':
      return place.id;
    case 'disclosure':
      return `${place.id} (as a disclosure)`;
    case 'desk':
      return 'triage';
    case 'stop':
      return 'nowhere (a stop)';
  }
}

function placeOf({ outcome, path, destination }: Decision): Place {
  if (outcome === 'stop') return { kind: 'stop' };
  if (outcome === 'triage' || destination === null) return { kind: 'desk' };
  return { kind: path === 'disclosure' ? 'disclosure' : 'agency', id: destination.id };
}

import { createHmac } from 'node:crypto';
import { perturb } from '../../../src/insight/cubes/cell-key.js';
import { CUBE_NOISE, pTable } from '../../../src/insight/cubes/p-table.js';
import { published } from '../../../src/insight/cubes/published.js';
import type { Case } from './world.js';

/** What is known inside of the cases of a cell. */
export interface Cell {
  readonly n: number;
  readonly keySum: bigint;
}

/** One way of giving the counts of cells out. */
export interface Mechanism {
  readonly name: string;
  /** The count as it is seen; null where "<6" is. */
  show(cell: Cell): number | null;
  /** The least and the most that a true count can be where this is seen. */
  bounds(shown: number | null): readonly [number, number];
}

export function cellOf(cases: readonly Case[]): Cell {
  return { n: cases.length, keySum: BigInt(cases.reduce((sum, each) => sum + each.key, 0)) };
}

/** A control: what protects nothing must break under each attack, or the attack is blind. */
const raw: Mechanism = {
  name: 'raw',
  show: ({ n }) => n,
  bounds: (shown) => [shown ?? 0, shown ?? 0],
};

/** The other control: small counts are hidden, all others are true. */
const suppressed: Mechanism = {
  name: 'suppress <6',
  show: ({ n }) => (n < 6 ? null : n),
  bounds: (shown) => (shown === null ? [0, 5] : [shown, shown]),
};

/** To compare with: random rounding to base 3, fixed for a set of cases, as official statistics have it. */
function rounded(secret: Uint8Array): Mechanism {
  return {
    name: 'fixed RR3',
    show: ({ n, keySum }) => {
      const rest = n % 3;
      if (rest === 0) return n;
      const digest = createHmac('sha256', secret).update(`${n.toString()} ${keySum.toString()}`).digest();
      const nearer = digest.readUInt32BE() < (2 / 3) * 2 ** 32;
      return (rest === 1) === nearer ? n - rest : n - rest + 3;
    },
    bounds: (shown) => [Math.max(0, (shown ?? 0) - 2), (shown ?? 0) + 2],
  };
}

/** What the cubes are given out with. */
function cellKeyed(secret: Uint8Array): Mechanism {
  const table = pTable();
  return {
    name: 'cell key',
    show: ({ n, keySum }) => {
      const shown = published(perturb(n, keySum, table, secret));
      return shown.kind === 'count' ? shown.count : null;
    },
    bounds: (shown) => [Math.max(0, (shown ?? 0) - CUBE_NOISE.most), (shown ?? 5) + CUBE_NOISE.most],
  };
}

/** All of them, the cubes' own last. */
export function mechanisms(secret: Uint8Array): readonly Mechanism[] {
  return [raw, suppressed, rounded(secret), cellKeyed(secret)];
}

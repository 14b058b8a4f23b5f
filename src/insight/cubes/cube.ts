import { perturb } from './cell-key.js';
import type { Month } from './months.js';
import type { PTable } from './p-table.js';
import { published, type Published } from './published.js';

/** One cell as it is stored. It never leaves this folder. */
export interface RawCell {
  readonly month: Month;
  readonly code: string;
  readonly n: bigint;
  readonly keys: bigint;
}

/** Which cells of a cube are taken together; what is left out is all there is of it. */
export interface Slice {
  readonly months?: readonly Month[];
  readonly codes?: readonly string[];
  /** All months up to this one. */
  readonly upTo?: Month;
}

/** What makes noise: the table of it, and the key. */
export interface CubeNoise {
  readonly table: PTable;
  readonly cellKey: Buffer;
}

/**
 * A part of a cube that was read. What is stored stays in it: whoever asks gets a count with its noise. The noise of cells
 * taken together is drawn for all of them once, so that the same complaints come to the same count by whichever way.
 */
export class Cube {
  readonly #cells: readonly RawCell[];
  readonly #noise: CubeNoise;

  constructor(cells: readonly RawCell[], noise: CubeNoise) {
    this.#cells = cells;
    this.#noise = noise;
  }

  /** How many complaints there are in a slice. */
  count(slice: Slice = {}): Published {
    return published(this.noised(slice));
  }

  /** The same before small ones are hidden: for what is worked out of counts and shown only where they are. */
  noised({ months, codes, upTo }: Slice = {}): number {
    let n = 0n;
    let keys = 0n;
    for (const cell of this.#cells) {
      if (months && !months.includes(cell.month)) continue;
      if (codes && !codes.includes(cell.code)) continue;
      if (upTo !== undefined && cell.month > upTo) continue;
      n += cell.n;
      keys += cell.keys;
    }
    return perturb(Number(n), keys, this.#noise.table, this.#noise.cellKey);
  }

  /** What stands here and not there: of the same complaints, those that are in no other cube. */
  without(other: Cube): Cube {
    const less = other.#cells.map(({ n, keys, ...cell }) => ({ ...cell, n: -n, keys: -keys }));
    return new Cube([...this.#cells, ...less], this.#noise);
  }

  /** Which codes there are, in their order. Only for codes that say nothing by being there. */
  codes(): readonly string[] {
    return [...new Set(this.#cells.map(({ code }) => code))].sort();
  }

  /** What has one of these codes. */
  only(codes: readonly string[]): Cube {
    return new Cube(
      this.#cells.filter(({ code }) => codes.includes(code)),
      this.#noise,
    );
  }
}

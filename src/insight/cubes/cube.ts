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

/** What of a cube is read as one, and cannot be asked apart. */
export type Together = 'codes' | 'months';

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
  readonly #together: Together | undefined;

  constructor(cells: readonly RawCell[], noise: CubeNoise, together?: Together) {
    this.#cells = cells;
    this.#noise = noise;
    this.#together = together;
  }

  /** How many complaints there are in a slice. */
  count(slice: Slice = {}): Published {
    return published(this.noised(slice));
  }

  /**
   * The same before small ones are hidden: for what is worked out of counts and shown only where they are.
   *
   * @throws {TypeError} where it asks apart what was read together
   */
  noised({ months, codes, upTo }: Slice = {}): number {
    const isApart = this.#together === 'codes' ? codes : this.#together === 'months' ? (months ?? upTo) : undefined;
    if (isApart !== undefined) throw new TypeError('That was read together, and cannot be told apart.');
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
    return new Cube([...this.#cells, ...less], this.#noise, this.#together ?? other.#together);
  }

  /** Which codes there are, in their order. Only for codes that say nothing by being there. */
  codes(): readonly string[] {
    return [...new Set(this.#cells.map(({ code }) => code))].sort();
  }

  /** What has one of these codes. @throws {TypeError} where codes were read together */
  only(codes: readonly string[]): Cube {
    if (this.#together === 'codes') throw new TypeError('That was read together, and cannot be told apart.');
    const some = this.#cells.filter(({ code }) => codes.includes(code));
    return new Cube(some, this.#noise, this.#together);
  }
}

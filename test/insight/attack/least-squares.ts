/** A sum that is seen of counts that are not. */
export interface SeenSum {
  /** Places of the counts that are in it, and of those that are taken off. */
  readonly of: readonly number[];
  readonly less: readonly number[];
  readonly seen: number;
  /** Of its noise, in cases squared or any other unit that is the same for all. */
  readonly variance: number;
}

/**
 * The counts that go best with the sums: least squares, each sum weighed by the inverse of its variance. No other guess
 * that is right on average and linear in what is seen is nearer (Gauss, Markov; Aitken 1936).
 *
 * @param size how many counts there are
 * @throws Error where the sums leave a count open
 */
export function leastSquares(sums: readonly SeenSum[], size: number): Float64Array {
  const rows = Array.from({ length: size }, () => new Float64Array(size + 1));
  for (const { of, less, seen, variance } of sums) {
    const signs = [...of.map((i) => [i, 1] as const), ...less.map((i) => [i, -1] as const)];
    for (const [i, sign] of signs) {
      const row = rows[i] ?? new Float64Array();
      for (const [j, other] of signs) row[j] = at(row, j) + (sign * other) / variance;
      row[size] = at(row, size) + (sign * seen) / variance;
    }
  }
  return solved(rows, size);
}

/** Elimination without a choice of pivots, which a matrix of normal equations does not need. */
function solved(rows: readonly Float64Array[], size: number): Float64Array {
  rows.forEach((pivot, i) => {
    if (!(at(pivot, i) > 1e-9)) throw new Error(`The sums leave count ${i.toString()} open.`);
    for (const row of rows.slice(i + 1)) {
      const factor = at(row, i) / at(pivot, i);
      if (factor !== 0) for (let j = i; j <= size; j += 1) row[j] = at(row, j) - factor * at(pivot, j);
    }
  });
  const counts = new Float64Array(size);
  for (let i = size - 1; i >= 0; i -= 1) {
    const row = rows[i] ?? new Float64Array();
    let rest = at(row, size);
    for (let j = i + 1; j < size; j += 1) rest -= at(row, j) * at(counts, j);
    counts[i] = rest / at(row, i);
  }
  return counts;
}

function at(values: Float64Array, i: number): number {
  return values[i] ?? Number.NaN;
}

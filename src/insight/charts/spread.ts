/** Something that would like to stand at a height and needs room there. */
export interface Wanted {
  /** Its middle. */
  readonly y: number;
  readonly height: number;
}

/**
 * Heights as near to those wanted as they can be without one covering another, in the same order from top to bottom.
 *
 * @param top no part stands above it
 * @param bottom nor below it, where all of them fit
 * @returns the middle of each, in the order they came
 */
export function spread(wanted: readonly Wanted[], top: number, bottom: number): number[] {
  const order = wanted.map((one, at) => ({ ...one, at })).sort((a, b) => a.y - b.y || a.at - b.at);
  const middles = new Array<number>(wanted.length).fill(0);
  let free = top;
  for (const { y, height, at } of order) {
    const middle = Math.max(y, free + height / 2);
    middles[at] = middle;
    free = middle + height / 2;
  }
  let end = bottom;
  for (const { height, at } of order.reverse()) {
    const middle = Math.min(middles[at] ?? 0, end - height / 2);
    middles[at] = middle;
    end = middle - height / 2;
  }
  return middles;
}

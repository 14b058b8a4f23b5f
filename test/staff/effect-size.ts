/**
 * How often a value of the one sample is the larger one of a pair drawn from both (Mann and Whitney's U over all pairs; ties
 * count half): 0.5 where the two cannot be told apart, whatever outliers they have.
 */
export function effectSize(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, own: true })), ...other.map((value) => ({ value, own: false }))];
  all.sort((a, b) => a.value - b.value);
  let ranks = 0;
  for (let at = 0; at < all.length;) {
    let end = at;
    while (end < all.length && all[end]?.value === all[at]?.value) end++;
    const rank = (at + 1 + end) / 2;
    for (; at < end; at++) if (all[at]?.own === true) ranks += rank;
  }
  return (ranks - (one.length * (one.length + 1)) / 2) / (one.length * other.length);
}

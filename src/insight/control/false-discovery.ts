/**
 * Which of many p-values to believe, so that of those believed no more than a share `q` are chance in the long run
 * (Benjamini and Hochberg 1995, Controlling the false discovery rate, JRSS B 57, 289–300). It holds for series that are
 * independent, and for those that rise together (Benjamini and Yekutieli 2001, Annals of Statistics 29, 1165–1188).
 *
 * @param chances p-values, in any order
 * @param q from 0 to 1
 * @returns for each whether it is believed
 */
export function discoveries(chances: readonly number[], q: number): boolean[] {
  const sorted = [...chances].sort((a, b) => a - b);
  const last = sorted.findLastIndex((chance, at) => chance <= ((at + 1) / sorted.length) * q);
  const cut = last === -1 ? -1 : (sorted[last] ?? -1);
  return chances.map((chance) => chance <= cut);
}

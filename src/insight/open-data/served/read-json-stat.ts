import { sumMargin } from '../shown-noise.js';
import type { WrittenEpsilon } from '../table-spec.js';

/** What of JSON-stat 2.0 our own files have and pictures need. */
interface JsonStat {
  readonly label: string;
  readonly id: readonly string[];
  readonly size: readonly number[];
  readonly role?: { readonly time?: readonly string[] };
  readonly dimension: Readonly<
    Record<
      string,
      {
        readonly label: string;
        readonly category: { readonly index: readonly string[]; readonly label: Readonly<Record<string, string>> };
      }
    >
  >;
  readonly value: readonly number[];
  readonly extension: { readonly epsilon: WrittenEpsilon; readonly p95_margin: number };
}

/** A published table as it is drawn: what it is counted by, and each count beside its name. */
export interface DrawnFigures {
  readonly title: string;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** The names of a cell in the order of the columns, and its noisy count. */
  readonly cells: readonly { readonly names: readonly string[]; readonly count: number }[];
  /** In 19 of 20 cells the noise is at most so much. */
  readonly margin: number;
  /** The same of a bar, whose noise is that of as many cells as there are months in it. */
  readonly summedMargin: number;
  /** Counts added up over months, where the table has months: one bar for each of what is left. */
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

/**
 * Reads one of our own JSON-stat files back, so that what is drawn is what was published and nothing else.
 *
 * @param body of a file `<table>.json` of a release
 */
export function readJsonStat(body: Uint8Array): DrawnFigures {
  const stat = JSON.parse(new TextDecoder().decode(body)) as JsonStat;
  const dimensions = stat.id.map((name) => ({ name, codes: stat.dimension[name]?.category.index ?? [] }));
  const nameOf = (dimension: string, code: string): string => stat.dimension[dimension]?.category.label[code] ?? code;
  const times = new Set(stat.role?.time);
  const summed = dimensions.reduce((cells, { name, codes }) => (times.has(name) ? cells * codes.length : cells), 1);
  const { epsilon, p95_margin: margin } = stat.extension;
  const bars = new Map<string, number>();
  const cells = stat.value.map((count, at) => {
    let left = at;
    const names = new Array<string>(dimensions.length);
    for (let place = dimensions.length - 1; place >= 0; place--) {
      const { name, codes } = dimensions[place] ?? { name: '', codes: [] };
      names[place] = nameOf(name, codes[left % codes.length] ?? '');
      left = Math.floor(left / codes.length);
    }
    const label = names.filter((_, place) => !times.has(dimensions[place]?.name ?? '')).join(', ');
    bars.set(label, (bars.get(label) ?? 0) + count);
    return { names, count };
  });
  return {
    title: stat.label,
    columns: stat.id.map((name) => stat.dimension[name]?.label ?? name),
    cells,
    margin,
    summedMargin: sumMargin(epsilon, summed, margin),
    bars: [...bars].map(([label, value]) => ({ label, value })),
  };
}

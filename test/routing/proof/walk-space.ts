import type { Directory } from '../../../src/agencies/directory.js';
import { Invalid } from '../../../src/web/errors.js';
import type { Condition, FactName, Facts } from '../../../src/routing/condition.js';
import { FACET_NAMES, parseFacets, UNKNOWN } from '../../../src/routing/facets.js';
import type { FacetCatalogue, FacetName, Facets } from '../../../src/routing/facets.js';

/**
 * What is chosen independently of everything else: one facet, or the organisation concerned, which is `about` with its
 * `sector`, since the sector of an organisation in the directory comes from its entry.
 */
interface Dimension {
  readonly facets: readonly FacetName[];
  readonly values: readonly Partial<Facets>[];
}

/** For each dimension which of its values are meant; a box of combinations, all of them together. */
export type Cube = readonly (readonly number[])[];

/** Why a condition is neither true nor false all over a cube: a part of one dimension's values settles it differently. */
export interface Split {
  readonly dimension: number;
  /** By value of the dimension. */
  readonly inside: readonly boolean[];
}

const DANGER_FIRST = { danger: 'none', classified: 'no' };

/** Every combination of facets that the service takes, and what a condition is over a part of them. */
export class Space {
  readonly dimensions: readonly Dimension[];
  private readonly dimensionOf: ReadonlyMap<FactName, number>;
  private readonly splits = new Map<Condition, Split>();

  /** The codes are those that `parseFacets` takes: what the door refuses needs no outcome. */
  constructor(catalogue: FacetCatalogue, directory: Directory) {
    const taken = (said: Partial<Facets>): Facets | undefined => {
      try {
        return parseFacets(catalogue, directory, { ...DANGER_FIRST, ...said });
      } catch (error) {
        if (error instanceof Invalid) return undefined;
        throw error;
      }
    };
    const codes = (name: FacetName): string[] => [...catalogue.codes(name).keys(), UNKNOWN];
    const organisations = new Map<string, Partial<Facets>>();
    for (const about of new Set([...codes('about'), ...directory.all().map(({ id }) => id)])) {
      for (const said of new Set(codes('sector'))) {
        const sector = taken({ about, sector: said })?.sector;
        if (sector !== undefined) organisations.set(`${about} ${sector}`, { about, sector });
      }
    }
    const single = FACET_NAMES.filter((name) => name !== 'about' && name !== 'sector').map((name) => ({
      facets: [name],
      values: [...new Set(codes(name))].map((code) => ({ [name]: code })).filter((value) => taken(value) !== undefined),
    }));
    this.dimensions = [...single, { facets: ['about', 'sector'], values: [...organisations.values()] }];
    this.dimensionOf = new Map(
      this.dimensions.flatMap(({ facets }, index) => facets.map((name): [FactName, number] => [name, index])),
    );
  }

  get whole(): Cube {
    return this.dimensions.map(({ values }) => values.map((_, index) => index));
  }

  /** How many combinations a cube holds. */
  size(cube: Cube): bigint {
    return cube.reduce((product, values) => product * BigInt(values.length), 1n);
  }

  /** The first combination of a cube. */
  representative(cube: Cube): Facets {
    const values = cube.map(([first = -1], index) => this.dimensions[index]?.values[first]);
    return Object.assign({}, ...values) as Facets;
  }

  /** A combination by its number, from 0 to one less than the size of the whole: every number another one. */
  nth(number: bigint): Facets {
    let rest = number;
    const values = this.dimensions.map((dimension) => {
      const count = BigInt(dimension.values.length);
      const value = dimension.values[Number(rest % count)];
      rest /= count;
      return value;
    });
    return Object.assign({}, ...values) as Facets;
  }

  /** The cube of one combination. */
  cubeOf(facets: Facets): Cube {
    return this.dimensions.map(({ values }) =>
      values.flatMap((value, index) =>
        Object.entries(value).every(([name, code]) => facets[name as FacetName] === code) ? [index] : [],
      ),
    );
  }

  /**
   * Whether a condition holds all over a cube, nowhere in it, or here and there; then where it parts.
   *
   * @param settled the facts that are no facets, as far as they are settled; the same all over the cube
   */
  whether(condition: Condition, cube: Cube, settled: Facts): boolean | Split {
    if ('all' in condition) return this.combine(condition.all, cube, settled, false);
    if ('any' in condition) return this.combine(condition.any, cube, settled, true);
    if ('not' in condition) {
      const verdict = this.whether(condition.not, cube, settled);
      return typeof verdict === 'boolean' ? !verdict : verdict;
    }
    const split = this.splitOf(condition);
    if (!split) return (settled.get(condition.is) ?? []).some((code) => condition.oneOf.includes(code));
    return this.isInside(cube, split);
  }

  /** Whether a cube lies within the values of a split, outside of them, or is parted by it. */
  private isInside(cube: Cube, split: Split): boolean | Split {
    const [first = -1, ...rest] = cube[split.dimension] ?? [];
    const verdict = split.inside[first] === true;
    for (const value of rest) if (split.inside[value] !== verdict) return split;
    return verdict;
  }

  /** The two halves of a cube. */
  halves(cube: Cube, { dimension, inside }: Split): readonly [inside: Cube, outside: Cube] {
    const half = (side: boolean): Cube =>
      cube.map((values, index) => (index === dimension ? values.filter((value) => inside[value] === side) : values));
    return [half(true), half(false)];
  }

  /** The cube by each organisation in it, however many sectors one may have. */
  byAbout(cube: Cube): readonly Cube[] {
    const dimension = this.dimensionOf.get('about') ?? -1;
    const groups = new Map<string | undefined, number[]>();
    for (const value of cube[dimension] ?? []) {
      const about = this.dimensions[dimension]?.values[value]?.about;
      groups.set(about, [...(groups.get(about) ?? []), value]);
    }
    return [...groups.values()].map((group) => cube.map((values, index) => (index === dimension ? group : values)));
  }

  /** Of `all` a part that is false settles it, of `any` one that is true; else a part that is open leaves it open. */
  private combine(parts: readonly Condition[], cube: Cube, settled: Facts, settling: boolean): boolean | Split {
    let open: Split | undefined;
    for (const part of parts) {
      const verdict = this.whether(part, cube, settled);
      if (verdict === settling) return settling;
      if (typeof verdict !== 'boolean') open ??= verdict;
    }
    return open ?? !settling;
  }

  private splitOf(condition: { readonly is: FactName; readonly oneOf: readonly string[] }): Split | undefined {
    const known = this.splits.get(condition);
    if (known) return known;
    const dimension = this.dimensionOf.get(condition.is);
    if (dimension === undefined) return undefined;
    const codes = new Set(condition.oneOf);
    const values = this.dimensions[dimension]?.values ?? [];
    const inside = values.map((value) => codes.has(value[condition.is as FacetName] ?? ''));
    const split = { dimension, inside };
    this.splits.set(condition, split);
    return split;
  }
}

import type { Published } from '../cubes/published.js';

/** A cell of a table: words, or what is shown of a count, a share from 0 to 1, or nothing that can be said. */
export type TableCell = string | Published | { readonly share: number | null };

/** A picture with the table of all that is in it. */
export interface Panel {
  /** Also the name of its CSV file. */
  readonly id: string;
  readonly title: string;
  /** What it shows and how to read it, in a sentence or two. */
  readonly what: string;
  /** Makes the picture, as markup of our own: once the figures are read and the connection is given back, if it is shown. */
  readonly draw: () => string;
  readonly columns: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly TableCell[])[];
}

/** What is drawn of a count: nothing where it is hidden. */
export function drawn(shown: Published): number | null {
  return shown.kind === 'count' ? shown.count : null;
}

/** How a cell is written, in a page or a file. */
export function written(cell: TableCell, nothing: string): string {
  if (typeof cell === 'string') return cell;
  if ('share' in cell) return cell.share === null ? nothing : `${Math.round(cell.share * 100).toString()}%`;
  return cell.kind === 'count' ? cell.count.toString() : `<${cell.below.toString()}`;
}

import { line, rect, text, type Markish } from '@observablehq/plot';
import { INK, QUIET } from './colours.js';
import { LINE, TEXT } from './picture.js';

/** Scales that leave places as they are given: for pictures laid out by hand, in the picture's own units. */
export const BY_HAND = {
  margin: 0,
  axis: null,
  x: { type: 'identity' },
  y: { type: 'identity' },
} as const;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box; its filling is a colour or one of `fillOf`. */
export function box(one: Box, fill: string, stroke = 'none'): Markish {
  return boxes([one], fill, stroke);
}

/** Boxes that look the same. */
export function boxes(all: readonly Box[], fill: string, stroke: string): Markish {
  return rect(all, {
    x1: 'x',
    x2: ({ x, width }: Box) => x + width,
    y1: 'y',
    y2: ({ y, height }: Box) => y + height,
    fill,
    stroke,
  });
}

/** A text in the middle of each box. */
export function inBoxes(all: readonly (Box & { readonly said: string })[], fill: string): Markish {
  return text(all, {
    x: ({ x, width }: Box) => x + width / 2,
    y: ({ y, height }: Box) => y + height / 2,
    text: 'said',
    fontSize: TEXT,
    fill,
  });
}

export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
  readonly bold?: boolean;
}

/** Lines of text, the middle of the first at `y`. */
export function words(
  lines: readonly string[],
  x: number,
  y: number,
  { anchor = 'start', fill = INK, bold = false }: TextStyle = {},
): Markish {
  return text(lines, {
    x: lines.map(() => x),
    y: lines.map((_, at) => y + at * LINE),
    text: lines,
    textAnchor: anchor,
    fontSize: TEXT,
    fill,
    ...(bold && { fontWeight: 700 }),
  });
}

/** A line from one place to another. */
export function stroke(from: readonly [number, number], to: readonly [number, number], colour = QUIET): Markish {
  return line([from, to], { x: [from[0], to[0]], y: [from[1], to[1]], stroke: colour, strokeWidth: 1 });
}

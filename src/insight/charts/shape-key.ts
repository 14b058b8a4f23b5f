import { dot, text, type Markish, type SymbolType } from '@observablehq/plot';
import { INK } from './colours.js';
import type { Frame } from './frame.js';
import { linesOf } from './lines-of-text.js';
import { LINE, TEXT, WIDTH } from './picture.js';

/** A shape and what it stands for. */
export interface Shape {
  readonly symbol: SymbolType;
  readonly fill: string;
  readonly stroke: string;
  readonly r: number;
  readonly label: string;
}

const INDENT = 20;

/** What shapes stand for, one under the other below a frame, and how much room that takes. */
export function shapeKey(
  shapes: readonly Shape[],
  { left }: Frame,
  below: number,
): { marks: Markish[]; height: number } {
  let y = below;
  const marks = shapes.flatMap(({ label, ...look }) => {
    const lines = linesOf(label, WIDTH - INDENT);
    const dy = y + LINE / 2;
    y += lines.length * LINE + 4;
    return [
      dot([0], { frameAnchor: 'bottom-left', dx: 8 - left, dy, ...look }),
      ...lines.map((said, row) =>
        text([said], {
          frameAnchor: 'bottom-left',
          text: (one: string) => one,
          dx: INDENT - left,
          dy: dy + row * LINE,
          lineAnchor: 'middle',
          textAnchor: 'start',
          fontSize: TEXT,
          fill: INK,
        }),
      ),
    ];
  });
  return { marks, height: y - below };
}

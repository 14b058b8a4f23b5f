import { dot, text, type Markish, type SymbolType } from '@observablehq/plot';
import { INK } from './colours.js';
import type { Frame } from './frame.js';
import { LINE, TEXT } from './picture.js';
import { spread } from './spread.js';

/** A name beside the right end of something. */
export interface EndName {
  /** Where that ends, in the picture's units from the top. */
  readonly y: number;
  readonly lines: readonly string[];
}

/** The mark before a name, which is the one where the line ends. */
export interface EndMark {
  readonly symbol: SymbolType;
  readonly fill: string;
}

/** From the right edge of the frame to where names begin, with marks and without. */
export const NAME_AFTER_MARK = 22;
export const NAME_AFTER_END = 8;

/** Writes names right of a frame, each as near to its end as the others let it be. */
export function endNames(names: readonly EndName[], frame: Frame, marks?: readonly EndMark[]): Markish[] {
  const wanted = names.map(({ y, lines }) => ({ y, height: lines.length * LINE }));
  const middles = spread(wanted, frame.top - LINE / 2, frame.bottom + LINE / 2);
  return names.flatMap(({ lines }, at) => {
    const dy = (middles[at] ?? 0) - frame.top;
    const mark = marks?.[at];
    const name = text([lines.join('\n')], {
      frameAnchor: 'top-right',
      text: (one: string) => one,
      dx: mark ? NAME_AFTER_MARK : NAME_AFTER_END,
      dy,
      lineAnchor: 'middle',
      textAnchor: 'start',
      lineHeight: LINE / TEXT,
      fontSize: TEXT,
      fill: INK,
    });
    return mark ? [dot([0], { frameAnchor: 'top-right', dx: 11, dy, r: 4.5, ...mark }), name] : [name];
  });
}

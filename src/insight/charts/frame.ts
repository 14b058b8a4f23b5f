import { WIDTH } from './picture.js';

/** The inside of a chart with axes, in the picture's units, from its left and top. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What Plot takes a frame as, with a straight scale either way. */
export function scaled(
  { left, right, top, bottom }: Frame,
  height: number,
  x: readonly [number, number],
  y: readonly [number, number],
): object {
  return {
    height,
    marginLeft: left,
    marginRight: WIDTH - right,
    marginTop: top,
    marginBottom: height - bottom,
    axis: null,
    x: { type: 'linear', domain: x },
    y: { type: 'linear', domain: y },
  };
}

/** Where a value is drawn between two ends: the same as Plot's straight scale. */
export function placeIn(value: number, [low, high]: readonly [number, number], from: number, to: number): number {
  return from + ((value - low) / (high - low)) * (to - from);
}

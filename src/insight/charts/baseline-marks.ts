import { line, text, type Markish } from '@observablehq/plot';
import type { ControlPoint } from '../control/phases.js';
import { INK, QUIET } from './colours.js';
import { placeIn, type Frame } from './frame.js';
import { TEXT } from './picture.js';

/** From the frame's top up to the bracket, and as long are its ends. */
const HEIGHT = 6;

/**
 * Brackets over the months that each phase's limits were drawn from. The name stands over the first: the others are alike,
 * and on a phone there is no room for it twice.
 *
 * @param domain of the heights that the frame shows
 */
export function baselineMarks(
  points: readonly ControlPoint[],
  name: string,
  frame: Frame,
  domain: readonly [number, number],
): Markish[] {
  const phases = [...new Set(points.map(({ phase }) => phase))];
  const brackets = phases.flatMap((phase) => {
    const from = points.findIndex((one) => one.phase === phase && one.baseline);
    const to = points.findLastIndex((one) => one.phase === phase && one.baseline);
    return from === -1 ? [] : [{ from, to }];
  });
  const [first] = brackets;
  if (!first) return [];
  const start = placeIn(first.from, [0, Math.max(1, points.length - 1)], 0, frame.right - frame.left);
  return [...brackets.map(({ from, to }) => bracket(from, to, frame, domain)), named(name, start)];
}

/* Above the frame, where the scale of the heights goes on as it does inside. */
function bracket(from: number, to: number, { top, bottom }: Frame, [low, high]: readonly [number, number]): Markish {
  const unit = (high - low) / (bottom - top);
  const foot = high + HEIGHT * unit;
  const head = foot + HEIGHT * unit;
  const corners = [
    [from, foot],
    [from, head],
    [to, head],
    [to, foot],
  ] as const;
  return line(corners, { stroke: QUIET, strokeWidth: 1.5 });
}

function named(name: string, from: number): Markish {
  return text([name], {
    frameAnchor: 'top-left',
    text: (one: string) => one,
    dx: from,
    dy: -2 * HEIGHT - 4,
    lineAnchor: 'bottom',
    textAnchor: 'start',
    fontSize: TEXT,
    fill: INK,
  });
}

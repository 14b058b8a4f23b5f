import { linesOf } from './lines-of-text.js';
import { draw, LINE, WIDTH, type Picture } from './picture.js';
import { QUIET } from './colours.js';
import { BY_HAND, box, words } from './placed.js';

/** The picture of nothing: a frame that says so in the words of the page. */
export function nothingYet(picture: Picture): string {
  const lines = linesOf(picture.nothing, WIDTH - 40);
  const height = lines.length * LINE + 40;
  return draw(picture, {
    ...BY_HAND,
    height,
    marks: [
      box({ x: 1, y: 1, width: WIDTH - 2, height: height - 2 }, 'none', QUIET),
      words(lines, WIDTH / 2, 20 + LINE / 2, { anchor: 'middle' }),
    ],
  });
}

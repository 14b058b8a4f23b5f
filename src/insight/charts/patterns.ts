import { BLUE, INK, ORANGE, PAPER, TEAL } from './colours.js';
import { element, type Drawing, type DrawnElement } from './drawn.js';

/** Fillings that are told apart in black and white too, in the order in which parts of a whole take them. */
export const FILLINGS = ['full', 'striped', 'dotted', 'crossed', 'empty'] as const;
export type Filling = (typeof FILLINGS)[number];

/** The value of `fill` for a filling, in the picture of an id. */
export function fillOf(id: string, filling: Filling): string {
  if (filling === 'full') return TEAL;
  return filling === 'empty' ? PAPER : `url(#${id}-${filling})`;
}

/** The definitions of those fillings that the markup of a picture uses: none when it uses none. */
export function patterns(document: Drawing, id: string, markup: string): DrawnElement[] {
  const used = (['striped', 'dotted', 'crossed'] as const).filter((one) => markup.includes(`url(#${id}-${one})`));
  return used.length === 0
    ? []
    : [
        element(
          document,
          'defs',
          {},
          used.map((one) => pattern(document, id, one)),
        ),
      ];
}

function pattern(document: Drawing, id: string, filling: 'striped' | 'dotted' | 'crossed'): DrawnElement {
  const size = filling === 'dotted' ? 6 : 8;
  const ground = element(document, 'rect', { width: size, height: size, fill: GROUND[filling] });
  const frame = { id: `${id}-${filling}`, width: size, height: size, patternUnits: 'userSpaceOnUse' };
  return element(document, 'pattern', frame, [
    ground,
    ...FIGURES[filling].map(([name, at]) => element(document, name, at)),
  ]);
}

const GROUND = { striped: '#ffd9b8', dotted: PAPER, crossed: '#cfe3f3' } as const;

type Figure = readonly [name: string, attributes: Readonly<Record<string, string | number>>];

const FIGURES: Readonly<Record<keyof typeof GROUND, readonly Figure[]>> = {
  striped: [['path', { d: 'M-2,2L2,-2M0,8L8,0M6,10L10,6', stroke: ORANGE, 'stroke-width': 2.5 }]],
  dotted: [['circle', { cx: 3, cy: 3, r: 1.4, fill: INK }]],
  crossed: [['path', { d: 'M0,4H8M4,0V8', stroke: BLUE, 'stroke-width': 1.5 }]],
};

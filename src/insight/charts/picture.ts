import { plot, type PlotOptions } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Language } from '../../web/translations.js';
import { element, type DrawnElement, type Drawing } from './drawn.js';
import { patterns } from './patterns.js';

/** What every picture is told by the page it stands on, all of it in the words of the page. */
export interface Picture {
  /** Begins with a letter, and no other element of the page has it or begins with it and a hyphen. */
  readonly id: string;
  /** What the picture is of, in a line; read out in place of it. */
  readonly title: string;
  /** What there is to see in it, for those who do not see it. */
  readonly description: string;
  /** Whose numbers and months are written. */
  readonly language: Language;
  /** Said in place of a picture of nothing, such as "No cases yet". */
  readonly nothing: string;
}

/**
 * Width of every picture, in its own units. A phone of 320 px leaves 290 px for it, so that text of 15 units is 12 px high
 * there; at its widest, 480 px, it is as large as the text around it. Nobody has to scroll sideways or to zoom.
 */
export const WIDTH = 360;
/** Size of all text. */
export const TEXT = 15;
/** From one line of text to the next. */
export const LINE = 18;

const { document } = parseHTML('<!doctype html><html><body></body></html>') as unknown as { document: Drawing };

/**
 * Draws marks as an SVG that needs no style or script of its own and can stand with others on one page: its looks are in
 * `insight-charts.css`, which the page links.
 *
 * @returns markup to be written as it is: what it holds of the caller's texts is escaped
 * @throws RangeError when the id is none
 */
export function draw(picture: Picture, options: PlotOptions): string {
  if (!/^[A-Za-z][\w-]*$/.test(picture.id)) throw new RangeError(`No id: ${picture.id}`);
  const svg = plot({ document, className: 'od-chart', width: WIDTH, ...options }) as unknown;
  const drawn = svg as DrawnElement;
  clean(drawn);
  for (const name of ['width', 'height', 'font-family']) drawn.removeAttribute(name);
  drawn.setAttribute('font-size', TEXT.toString());
  drawn.setAttribute('role', 'img');
  const title = `${picture.id}-title`;
  const desc = `${picture.id}-desc`;
  drawn.setAttribute('aria-labelledby', `${title} ${desc}`);
  const named = [
    element(document, 'title', { id: title }, picture.title),
    element(document, 'desc', { id: desc }, picture.description),
  ];
  const used = drawn.outerHTML;
  drawn.prepend(...named, ...patterns(document, picture.id, used));
  return drawn.outerHTML;
}

/*
 * Takes out Plot's own style sheet, which the pages' policy forbids, and its English names of parts, which nobody hears as
 * the picture is one image; and rounds what it places to a hundredth of a unit.
 */
function clean(drawn: DrawnElement): void {
  for (const child of [...drawn.children]) {
    if (child.localName === 'style') child.remove();
    else clean(child);
  }
  drawn.removeAttribute('aria-label');
  drawn.removeAttribute('aria-hidden');
  for (const name of ['d', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'width', 'height', 'transform']) {
    const value = drawn.getAttribute(name);
    if (value?.includes('.')) drawn.setAttribute(name, value.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, rounded));
  }
}

function rounded(number: string): string {
  return (Math.round(Number(number) * 100) / 100).toString();
}

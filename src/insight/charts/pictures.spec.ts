import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectValidHtml } from '../../../test/support/browser.js';
import { bars, everyPicture, flows, funnel, laney, lines, shares, told, xmr } from '../../../test/insight/pictures.js';
import { barChart } from './bar-chart.js';
import { controlChart } from './control-chart.js';
import { flowMatrix } from './flow-matrix.js';
import { funnelPlot } from './funnel-plot.js';
import { lineChart } from './line-chart.js';
import { stackedShares } from './stacked-shares.js';

const count = (text: string, what: RegExp) => [...text.matchAll(what)].length;
const texts = (svg: string) => [...svg.matchAll(/<t(?:ext|span)[^>]*>([^<]+)</g)].map(([, said]) => said);

describe('every picture', () => {
  it('holds nothing that the policy of the pages forbids', () => {
    for (const svg of everyPicture('one')) {
      expect(svg).not.toMatch(/<style|\sstyle=|<script|\son\w+=|href|<foreignObject|<image/i);
    }
  });

  it('is one image, named and told of in the words it was given', () => {
    for (const svg of everyPicture('one')) {
      const [, id = ''] = /^<svg aria-labelledby="(one-\w+)-title \1-desc" role="img"/.exec(svg) ?? [];
      expect(svg).toContain(`<title id="${id}-title">Of ${id}</title><desc id="${id}-desc">What ${id} shows</desc>`);
      expect(count(svg, /aria-label=/g)).toBe(0);
    }
  });

  it('stands beside others without an id that comes twice or leads elsewhere', async () => {
    const page = [...everyPicture('one'), ...everyPicture('two')].join('\n');
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
    await expectValidHtml(`<!DOCTYPE html><html lang="en"><head><title>All</title></head><body>${page}</body></html>`);
  });

  it('is the same bytes each time', () => {
    expect(everyPicture('one')).toEqual(everyPicture('one'));
  });

  it('has no warning of the library in it', () => {
    for (const svg of everyPicture('one')) expect(svg).not.toMatch(/⚠|NaN|undefined|Infinity/);
  });

  it('writes all its text in one size, which a phone shows at 12 px', () => {
    for (const svg of everyPicture('one')) {
      expect(svg).toMatch(/viewBox="0 0 360 \d/);
      expect(new Set([...svg.matchAll(/font-size="([^"]+)"/g)].map(([, size]) => size))).toEqual(new Set(['15']));
    }
  });

  it('says so when there is nothing to draw, and never throws', () => {
    const { labels } = xmr;
    const missing = xmr.points.map((point) => ({ ...point, value: null, limits: null }));
    const empty = [
      lineChart({ ...told('a'), ...lines, lines: [] }),
      lineChart({ ...told('a'), ...lines, months: [], lines: [{ label: 'Received', values: [] }] }),
      lineChart({ ...told('a'), ...lines, lines: [{ label: 'Received', values: lines.months.map(() => null) }] }),
      barChart({ ...told('a'), ...bars, bars: [] }),
      stackedShares({ ...told('a'), ...shares, wholes: [] }),
      funnelPlot({ ...told('a'), unit: 'Late', casesUnit: 'Cases', others: [], labels: funnel.labels }),
      controlChart({ ...told('a'), unit: 'Cases', kind: 'count', points: [], labels }),
      controlChart({ ...told('a'), unit: 'Cases', kind: 'count', points: missing, labels }),
      flowMatrix({ ...told('a'), ...flows, flows: [] }),
    ];
    for (const svg of empty) expect(texts(svg)).toEqual(['No cases yet']);
  });

  it('escapes whatever it is given to write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (words) => {
        const nasty = `</text><script>alert(1)</script>"'&${words}`;
        const svg = barChart({
          ...told('a'),
          title: nasty,
          description: nasty,
          unit: nasty,
          suppressed: nasty,
          bars: [
            { label: nasty, value: 3 },
            { label: nasty, value: null },
          ],
        });
        expect(svg).not.toMatch(/<script/i);
        expect(count(svg, /<title/g)).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses an id that is none', () => {
    expect(() => barChart({ ...told('no id"'), ...bars })).toThrow(RangeError);
  });

  it('draws whatever numbers there are', () => {
    const value = fc.option(fc.integer({ min: -20, max: 1_000_000 }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const months = values.map((_, at) => `2${(100 + at).toString()}-01`);
        const drawn = [
          lineChart({ ...told('a'), unit: 'Cases', months, lines: [{ label: 'Received', values }] }),
          barChart({ ...told('b'), ...bars, bars: values.map((one) => ({ label: 'Topic', value: one })) }),
          stackedShares({ ...told('c'), ...shares, wholes: [{ label: 'Step', counts: values.slice(0, 3) }] }),
        ];
        for (const svg of drawn) expect(svg).not.toMatch(/⚠|NaN|undefined|Infinity|="-\d[^"]*" height|height="-/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a picture with suppressed cells', () => {
  it('writes them and leaves them without a bar', () => {
    const svg = barChart({ ...told('a'), ...bars });
    expect(texts(svg)).toContain('&lt;6');
    expect(count(svg, /<rect/g)).toBe(2);
    const higher = barChart({
      ...told('a'),
      ...bars,
      bars: bars.bars.map((bar) => ({ ...bar, value: bar.value ?? 5 })),
    });
    expect(count(higher, /<rect/g)).toBe(3);
  });

  it('draws no bar of a whole when a part of it is suppressed', () => {
    const [whole] = shares.wholes;
    const one = (counts: readonly (number | null)[]) =>
      stackedShares({ ...told('a'), ...shares, wholes: [{ label: whole?.label ?? '', counts }] });
    const swatches = 6 + 3;
    expect(count(one([310, 22, 8]), /<rect/g)).toBe(swatches - 1 + 3);
    expect(count(one([310, null, 8]), /<rect/g)).toBe(swatches - 1);
    expect(texts(one([310, null, 8]))).toEqual(expect.arrayContaining(['310', '&lt;6', '8']));
  });

  it('shades no cell of a matrix that is suppressed', () => {
    const of = (value: number | null) => {
      const two = [
        { from: 'A', to: 'B', value },
        { from: 'B', to: 'A', value: 40 },
      ];
      return flowMatrix({ ...told('a'), ...flows, flows: two });
    };
    expect(texts(of(null))).toContain('&lt;6');
    expect(of(null).replace('&lt;6', '0')).toBe(of(0));
  });

  it('breaks a line there, and marks a month that stands alone', () => {
    const line = (values: (number | null)[]) =>
      lineChart({ ...told('a'), ...lines, months: lines.months.slice(0, 5), lines: [{ label: 'Received', values }] });
    expect(count(line([3, null, 5, null, 7]), /<circle/g)).toBe(4);
    expect(line([3, 4, null, 6, 7])).toMatch(/ d="M[^"M]+M[^"M]+"/);
  });
});

describe('the pictures of comparisons', () => {
  it('name the own agency, and no other', () => {
    const svg = funnelPlot({ ...told('a'), ...funnel });
    expect(texts(svg)).toContain('Inland Revenue');
    expect(texts(svg)).toEqual(expect.arrayContaining(['95%', '99.8%', 'All']));
  });

  it('mark signals by shapes that the key names, and only those that are there', () => {
    const svg = controlChart({ ...told('a'), ...xmr });
    const rules = new Set(xmr.points.map(({ signals }) => signals[0]).filter((rule) => rule !== undefined));
    expect(rules.size).toBeGreaterThan(0);
    for (const [rule, said] of Object.entries(xmr.labels.signals)) {
      expect(texts(svg).includes(said)).toBe([...rules].some((one) => one === rule));
    }
    expect(texts(controlChart({ ...told('a'), ...laney }))).toContain('Baseline');
  });

  it('show no lower limit where nothing can be below it', () => {
    const points = xmr.points.map((point) => ({ ...point, limits: { centre: 4, lower: -3, upper: 11 } }));
    expect(texts(controlChart({ ...told('a'), ...xmr, points })).join(' ')).not.toContain('Lower');
  });

  it('draw the busiest six agencies, in the order of the alphabet', () => {
    const names = ['H', 'G', 'F', 'E', 'D', 'C', 'B', 'A'];
    const some = names.map((from, at) => ({ from, to: names[(at + 1) % 8] ?? 'A', value: at < 5 ? 50 : 1 }));
    const said = texts(flowMatrix({ ...told('a'), ...flows, flows: some }));
    expect(said.filter((one) => /^[A-H]$/.test(one ?? ''))).toEqual(['C', 'D', 'E', 'F', 'G', 'H']);
  });

  it('are written in the language of the page', () => {
    const svg = lineChart({ ...told('a'), ...lines, language: 'mi' });
    expect(texts(svg)).toContain(
      new Intl.DateTimeFormat(['mi-NZ', 'en-NZ'], { month: 'short' }).format(new Date(2026, 11)),
    );
  });
});

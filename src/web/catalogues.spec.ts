import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Catalogue, readCatalogue, Translations } from './translations.js';
import { viewDirectories } from './views.js';

const views = viewDirectories().flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.njk'))
    .map((name) => join(directory, name)),
);

function keysOf(catalogue: Catalogue, above = ''): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [above + key] : keysOf(value, `${above}${key}.`),
  );
}

const english = new Set(keysOf(readCatalogue('en')));

describe('the catalogues', () => {
  it.each(views)('have every key that %s names', (view) => {
    const named = [...readFileSync(view, 'utf8').matchAll(/\bt\(\s*'([^']+)'\s*[,)]/g)].map(([, key]) => key ?? '');
    expect(named.filter((key) => !english.has(key) && !english.has(`${key}_one`))).toEqual([]);
  });

  it('have nothing in te reo Māori that English lacks', () => {
    expect(keysOf(readCatalogue('mi')).filter((key) => !english.has(key))).toEqual([]);
  });

  it('say in English what te reo Māori lacks, and leave what is put in as it is', () => {
    const translations = new Translations();
    expect(translations.in('mi')('web.leave')).toBe('Wehe i tēnei pae');
    expect(translations.in('mi')('web.problem')).toBe('There is a problem');
  });
});

describe('the views', () => {
  it('have names of their own over all features, since they share one search path', () => {
    const names = views.map((view) => basename(view));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('escape whatever they print', () => {
    const unsafe = views.filter((view) => /\|\s*safe\b|autoescape/.test(readFileSync(view, 'utf8')));
    expect(unsafe).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDirectory } from './directory.js';

const ENTRY = `
- id: mbta
  kind: agency
  sector: public_service
  name: { en: Ministry of Being There Already }
  tags: []
  takes: []
  doesNotTake: []
  appropriateAuthority: yes_s25_head
  schedule2: unknown
  source: []
  confidence: memory
`;

function loadOf(files: Readonly<Record<string, string>>): ReturnType<typeof loadDirectory> {
  const folder = mkdtempSync(join(tmpdir(), 'directory-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return loadDirectory(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the directory of the project', () => {
  const directory = loadDirectory();

  it('holds the bodies, the guards and the triage desk, each once', () => {
    const ids = directory.all().map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['ombudsman', 'psc', 'ipca', 'msd', 'minister_or_mp', 'triage']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(directory.get('triage')?.kind).toBe('desk');
    expect(directory.get('minister_or_mp')?.appropriateAuthority).toBe('no_excluded_s25');
  });

  it('lists who may be named, by name, without guards and desk', () => {
    const listed = directory.listed('en');
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(['msd', 'local_council', 'asa']));
    expect(listed.filter(({ id }) => ['minister_or_mp', 'own_organisation', 'triage'].includes(id))).toEqual([]);
    expect(listed.map(({ name }) => name)).toEqual(
      listed.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en')),
    );
  });

  it('knows the published standards, and claims none without a source', () => {
    const standards = directory.all().filter(({ standard }) => standard);
    expect(Object.fromEntries(standards.map(({ id, standard }) => [id, standard?.workingDays]))).toEqual({
      electoral_commission: 10,
      oranga_tamariki: 35,
    });
    expect(standards.every(({ standard }) => standard?.confidence === 'sourced')).toBe(true);
  });

  it('says who oversees how others keep to the law on disclosures, and takes no other word for it', () => {
    expect(directory.overseeing()).toEqual(['ombudsman', 'psc']);
    const oversees = (what: string): string => `${ENTRY}  oversees: ${what}\n`;
    expect(loadOf({ 'a.yaml': oversees('disclosures') }).overseeing()).toEqual(['mbta']);
    expect(() => loadOf({ 'a.yaml': oversees('everything') })).toThrow('everything under oversees');
  });

  it('says to whom serious misconduct is reported, which is a body that oversees', () => {
    expect(directory.takingReports()).toBe('psc');
    const takes = (what: string): string => `${ENTRY}  takesReports: ${what}\n`;
    const overseeing = `${takes('serious_misconduct')}  oversees: disclosures\n`;
    expect(loadOf({ 'a.yaml': overseeing }).takingReports()).toBe('mbta');
    expect(loadOf({ 'a.yaml': ENTRY }).takingReports()).toBeUndefined();
    expect(() => loadOf({ 'a.yaml': takes('serious_misconduct') })).toThrow('takes reports and oversees nothing');
    expect(() => loadOf({ 'a.yaml': overseeing.replace('serious_misconduct', 'gossip') })).toThrow('gossip');
  });

  it('shows a name in te reo Māori only where a source confirms it', () => {
    expect(directory.nameOf('psc', 'mi')).toBe('Te Kawa Mataaho');
    expect(directory.get('oag')?.name.miConfidence).toBe('memory');
    expect(directory.nameOf('oag', 'mi')).toBe('Controller and Auditor-General');
  });
});

describe('a bad directory', () => {
  it('is fine while it is good', () => {
    expect(loadOf({ 'a.yaml': ENTRY }).get('mbta')?.confidence).toBe('memory');
  });

  it.each([
    ['an unknown key', ENTRY + '  phone: "111"\n', /a\.yaml, entry mbta: has a key that is not known: phone/],
    ['an unknown kind', ENTRY.replace('kind: agency', 'kind: shop'), /a\.yaml, entry mbta: has shop under kind/],
    ['a missing name', ENTRY.replace(/ {2}name.*\n/, ''), /a\.yaml, entry mbta, name: must be a mapping/],
    ['an impossible standard', ENTRY + '  standard: { workingDays: 0, basis: x, confidence: memory }', /workingDays/],
    ['a working note', ENTRY.replace('takes: []', 'takes: [visas (memory)]'), /marks a text "\(memory\)"/],
    ['a list that is none', ENTRY + '  unconfirmed: [tags]', /has tags under unconfirmed/],
    ['no list', 'id: mbta', /a\.yaml must be a list/],
    ['no YAML', '- [', /a\.yaml cannot be read/],
  ])('with %s stops the boot with a sentence naming file and entry', (_, text, sentence) => {
    expect(() => loadOf({ 'a.yaml': text })).toThrow(sentence);
  });

  it('with one entry in two files is refused', () => {
    expect(() => loadOf({ 'a.yaml': ENTRY, 'b.yaml': ENTRY })).toThrow(/entry mbta twice/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { configPath } from '../agencies/data-file.js';
import { loadDirectory } from '../agencies/directory.js';
import { loadFacetCatalogue } from './facets.js';
import { reportOn, loadScenarios } from './scenario-report.js';
import { loadBaseline, loadRulesetFiles, refuseChanged, RULESET_VERSION } from './ruleset-files.js';

const folder = configPath('routing');
const directory = loadDirectory();
const catalogue = loadFacetCatalogue();
const files = loadRulesetFiles(folder, directory, catalogue);

describe('the rulesets that come with the service', () => {
  it('are all whole, each named after its version', () => {
    expect(files.size).toBeGreaterThan(0);
    for (const [version, { ruleset }] of files) {
      expect(version).toMatch(RULESET_VERSION);
      expect(ruleset.version).toBe(version);
    }
  });

  // Where this fails, its message gives the hash that a ruleset not published yet is to be listed with.
  it('are those that published.yaml names, unchanged', () => {
    const baseline = loadBaseline(folder, files);
    const days = baseline.map(({ from }) => from);
    expect([...days].sort()).toEqual(days);
    const listed = new Set(baseline.map(({ version }) => version));
    const left = [...files].filter(([version]) => !listed.has(version));
    expect(left.map(([version, { sha256 }]) => ({ version, sha256 }))).toEqual([]);
  });

  it('meet every scenario in the version published last', () => {
    const newest = loadBaseline(folder, files).at(-1)?.version ?? '';
    const ruleset = files.get(newest)?.ruleset;
    expect(ruleset && reportOn(loadScenarios(folder), ruleset, directory, catalogue).wrong).toEqual([]);
  });
});

describe('a published ruleset', () => {
  it('that was edited or is gone stops the start with a sentence that names its file', () => {
    const file = { path: '/rules/2027-01-01.yaml', sha256: 'b'.repeat(64) };
    const check = (found: typeof file | undefined) => () => {
      refuseChanged(found, '2027-01-01', 'a'.repeat(64), '/rules');
    };
    expect(check(file)).toThrow(
      `/rules/2027-01-01.yaml was changed after it was published: its SHA-256 is ${'b'.repeat(64)}, published was ${'a'.repeat(64)}.`,
    );
    expect(check(undefined)).toThrow('/rules/2027-01-01.yaml is missing, although it was published.');
    expect(check({ ...file, sha256: 'a'.repeat(64) })).not.toThrow();
  });
});

import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

const page = readFileSync('SECURITY.md', 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:Somebody has|-)/.test(line));

describe('what SECURITY.md says', () => {
  it('is held, row by row, by a test that is there under that name', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const held = row.split('|').at(-2) ?? '';
      const links = [...held.matchAll(/`([^`]+\.spec\.ts)`(?:: "([^"]+)")?/g)];
      expect([row, links.length > 0]).toEqual([row, true]);
      for (const [, file = '', name] of links) {
        expect([file, existsSync(file)]).toEqual([file, true]);
        if (name !== undefined)
          expect([name, readFileSync(file, 'utf8').includes(`it('${name}'`)]).toEqual([name, true]);
      }
    }
  });

  it('is where the README sends people', () => {
    expect(readFileSync('README.md', 'utf8')).toContain('(SECURITY.md)');
  });
});

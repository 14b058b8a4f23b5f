import { describe, expect, it } from '@jest/globals';
import { drawnRelease } from '../../../../test/support/drawn-release.js';
import { writeRelease } from './write-release.js';

function statement(id: 'complaints' | 'disclosures'): string {
  const file = writeRelease(drawnRelease(id)).find(({ name }) => name === 'quality-statement.md');
  return new TextDecoder().decode(file?.body);
}

describe('the quality statement', () => {
  it('tells the cost of each table and of all, with the margin', () => {
    const text = statement('complaints');
    expect(text).toContain('| `closed-by-resolved` | first closing | 0.2500 | 5.6 | ±12 |');
    expect(text).toContain('| all tables |  | 2.0000 |  |  |');
    expect(text).toContain('a factor of at most 7.4');
    expect(text).toContain('up to m × 2.0000');
  });

  it('says what happens to the one tally there is, and to who lodges once more as a disclosure', () => {
    expect(statement('disclosures')).toContain('deleted in the same step that draws the year');
    expect(statement('complaints')).not.toContain('tally');
    for (const id of ['complaints', 'disclosures'] as const)
      expect(statement(id)).toContain('it is counted once in each dataset, and what the two cost adds up');
  });

  it('tells why nobody should cut off at 0 before adding up', () => {
    expect(statement('complaints')).toContain('would add 2.0 on average to each cell that nobody is in');
  });

  it('says of disclosures that a single figure tells little', () => {
    expect(statement('disclosures')).toContain('With a margin of ±12 a single figure of one year tells little');
    expect(statement('disclosures')).toContain('| all tables |  | 1.0000 |  |  |');
  });

  it('tells what attacks achieve, those that succeed too, and what they achieve without us', () => {
    const text = statement('complaints');
    expect(text).toContain('| differencing | no noise | 1.000 | 0.500 | none |');
    expect(text).toContain('| optimal | discrete Laplace, 8 \\| ε ¼ | 0.635 | 0.500 | 0.881 |');
  });

  it('shows the name of a publisher as it is, and takes nothing in it for Markdown', () => {
    expect(statement('complaints')).toContain('by OneDoor \\| “test” \\& \\<co\\>. Questions');
  });
});

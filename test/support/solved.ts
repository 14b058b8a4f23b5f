import { createHash } from 'node:crypto';
import type { Puzzle } from '../../src/web/puzzles.js';

/** What a browser's worker makes of a puzzle. */
export function solved({ challenge, bits }: Puzzle): string {
  for (let n = 0; ; n++) {
    const solution = `${challenge}:${n.toString(36)}`;
    if (Math.clz32(createHash('sha256').update(solution).digest().readUInt32BE()) >= bits) return solution;
  }
}

import type { FilledTable } from './fill-table.js';

/** What must be known before a figure of a table is used, one sentence each. */
export function notesOn({ spec, margin }: FilledTable): readonly string[] {
  return [
    `Every count carries differentially private noise: discrete Laplace, ε = ${spec.epsilon} for this table.`,
    `With a probability of at least 95 % a count is off by no more than ${margin.toString()}.`,
    'Counts are signed. Cells that nobody is in carry noise too. Add up before you cut off at 0.',
    spec.meaning,
  ];
}

/** Where a case stands. */
export const CASE_STATUSES = ['lodged', 'placed', 'acknowledged', 'closed'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

const MOVES: Readonly<Record<CaseStatus, readonly CaseStatus[]>> = {
  lodged: ['placed'],
  placed: ['acknowledged', 'closed'],
  acknowledged: ['closed'],
  closed: [],
};

/** Whether a case may move from one status to another in one step. */
export function mayMove(from: CaseStatus, to: CaseStatus): boolean {
  return MOVES[from].includes(to);
}

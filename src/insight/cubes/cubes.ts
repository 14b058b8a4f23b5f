/**
 * The menu of cubes for staff: each counts complaints by calendar month, agency and one code, and there is no other way to
 * ask. Whoever wants a cube that is not here adds it here; all is counted anew when the menu changes.
 *
 * Every cube is kept for each agency and for all together (`*`), since the noise of a total is its own and not the sum of
 * that of its parts. Columns are those of `figure_facts`.
 */
export interface Cube {
  /** Which month a complaint is counted in; none: it is not. */
  readonly month: 'received_in' | 'closed_in';
  /** At which agency. */
  readonly agency: 'first_agency' | 'agency_id' | 'closed_by';
  readonly code:
    | 'topic'
    | 'channel'
    | 'stage'
    | 'acknowledged'
    | 'answered'
    | 'hand_offs'
    | 'came_back'
    | 'outcome'
    | 'resolved'
    | 'kept_informed';
  /** Only those that are open now. */
  readonly onlyOpen?: true;
}

export const CUBES = {
  topic: { month: 'received_in', agency: 'first_agency', code: 'topic' },
  channel: { month: 'received_in', agency: 'first_agency', code: 'channel' },
  stage: { month: 'received_in', agency: 'first_agency', code: 'stage' },
  acknowledged: { month: 'received_in', agency: 'first_agency', code: 'acknowledged' },
  hand_offs: { month: 'received_in', agency: 'first_agency', code: 'hand_offs' },
  came_back: { month: 'received_in', agency: 'first_agency', code: 'came_back' },
  answered: { month: 'received_in', agency: 'agency_id', code: 'answered' },
  open: { month: 'received_in', agency: 'agency_id', code: 'answered', onlyOpen: true },
  outcome: { month: 'closed_in', agency: 'closed_by', code: 'outcome' },
  resolved: { month: 'closed_in', agency: 'closed_by', code: 'resolved' },
  kept_informed: { month: 'closed_in', agency: 'closed_by', code: 'kept_informed' },
} as const satisfies Readonly<Record<string, Cube>>;

/**
 * And two that count each time a complaint was handed on, or asked for: `handed_on` by who handed it on and to whom,
 * `asked` by who was asked and what they said.
 */
export type CubeName = keyof typeof CUBES | 'handed_on' | 'asked';

/** All agencies together. */
export const ALL_AGENCIES = '*';

/** Working days after which somebody first said that the complaint had come; `open` while nobody has. */
export const ACKNOWLEDGED = ['0-5', '6-10', '11-20', 'over-20', 'open'] as const;

/** Working days until it was first closed. */
export const RESOLVED = ['0-5', '6-10', '11-20', '21-40', '41-60', 'over-60'] as const;

/**
 * Whether the person was told something at least every 31 days until it was first closed: `not_due` where that took no
 * longer, `longer` where they once waited longer. Counted once it is closed, where it is closed: what is open and silent is
 * not in it yet.
 */
export const KEPT_INFORMED = ['not_due', 'monthly', 'longer'] as const;

/** How often one agency handed it on to another; the triage desk, whose work that is, does not count. */
export const HAND_OFFS = ['0', '1', '2', '3-or-more'] as const;

/** Whether the answer was there on the day it was due; `open` while it is not there, whether that day is over or not. */
export const ANSWERED = ['in_time', 'late', 'open'] as const;

/** Whether it came to an agency that had had it before. */
export const CAME_BACK = ['no', 'yes'] as const;

/** What became of a proposal to hand on. */
export const ASKED = ['accepted', 'declined', 'waiting', 'not_decided'] as const;

/** Of a complaint that was closed and is open again. */
export const TAKEN_UP_AGAIN = 'taken_up_again';

import { aMonthAfter } from '../clocks/months.js';
import type { DisclosureOutcome } from '../cases/case-outcome.js';

// What section 13 of the Act asks of a receiver, worked out from what was done on which day. Days are YYYY-MM-DD in
// Pacific/Auckland, and compare as text.

/** What a receiver should do, in the order of section 13(1). The first three are never put off. */
export const DUTIES = ['acknowledge', 'consider', 'elsewhere', 'deal', 'inform'] as const;
type Duty = (typeof DUTIES)[number];

/** What is recorded: a duty done; that it takes longer, and how it goes (section 13(2)); that it was taken up again. */
export const STEP_KINDS = [...DUTIES, 'extend', 'update', 'reopen'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** In which ways a disclosure is dealt with, section 13(1)(d). */
export const ACTIONS = ['investigating', 'addressing', 'referring', 'no_action'] as const;
export type Action = (typeof ACTIONS)[number];

/** A step that was taken. */
export interface TakenStep {
  readonly kind: StepKind;
  readonly takenOn: string;
  /** Of `extend`: by when the receiver now expects to be done. */
  readonly expectedOn: string | null;
  /** Of `deal`. */
  readonly actions: readonly Action[] | null;
}

/** How one of the five stands. */
interface DutyStanding {
  readonly duty: Duty;
  /** `open` is not done and not late yet. */
  readonly is: 'done' | 'done_late' | 'late' | 'open';
  readonly doneOn: string | null;
  /** By when it should be, or should have been, done; null where no day is due. */
  readonly by: string | null;
}

/** What is to be done next. */
interface NextStep {
  readonly step: Duty | 'update';
  readonly by: string | null;
  readonly isLate: boolean;
}

/** How a disclosure stands under section 13. */
export interface Standing {
  /** Of each step that was taken, in its order: by when it should have been, where that is a day, and whether it was. */
  readonly taken: readonly { readonly by: string | null; readonly isLate: boolean }[];
  /** All five, in their order. */
  readonly duties: readonly DutyStanding[];
  /** Null once all five are done. */
  readonly next: NextStep | null;
  /** What may be recorded now; nothing while it is closed. */
  readonly may: readonly StepKind[];
  /** Why it cannot be closed: the duties that are not done. */
  readonly missing: readonly Duty[];
  /** The day that the person was told, while it takes longer than the twenty days. */
  readonly expectedOn: string | null;
  /** By when the person should hear how it goes, while it takes longer: an aim of ours. */
  readonly updateBy: string | null;
  /** Whether a duty is past its day. That an update is, which is our aim, is not this. */
  readonly isLate: boolean;
  /** Whether the receiver decided last that no action is required. */
  readonly isNoAction: boolean;
  /** How it would end now; null while something is missing. */
  readonly outcome: DisclosureOutcome | null;
}

const NEVER_PUT_OFF: readonly StepKind[] = ['acknowledge', 'consider', 'elsewhere'];

/** What is known after some steps. */
interface State {
  /** Whether there is still a day for what is left: none once the person was told, nor when it is taken up again. */
  readonly isRunning: boolean;
  readonly expectedOn: string | null;
  readonly updateBy: string | null;
  /** The day of the step that did each duty, and by when it should have been. */
  readonly done: Partial<Record<Duty, { readonly on: string; readonly by: string | null }>>;
  /** What was done since it was taken up, and last. */
  readonly actions: readonly Action[];
  readonly lastActions: readonly Action[];
}

const AT_FIRST: State = {
  isRunning: true,
  expectedOn: null,
  updateBy: null,
  done: {},
  actions: [],
  lastActions: [],
};

/**
 * How a disclosure stands.
 *
 * @param steps of the agency that has it, in the order in which they were taken
 * @param dueOn the last of the agency's twenty working days
 * @param today the day in Auckland
 * @param isOpen whether the case can be worked on
 */
export function standingOf(steps: readonly TakenStep[], dueOn: string, today: string, isOpen: boolean): Standing {
  let state = AT_FIRST;
  const taken = steps.map((step) => {
    const by = dayOf(step.kind, state, dueOn);
    state = after(state, step, by);
    return { by, isLate: by !== null && step.takenOn > by };
  });
  const { done, isRunning, actions, lastActions } = state;
  const duties = DUTIES.map((duty): DutyStanding => {
    const did = done[duty];
    const by = did ? did.by : dayOf(duty, state, dueOn);
    const isPast = by !== null && (did?.on ?? today) > by;
    return { duty, doneOn: did?.on ?? null, by, is: isPast ? (did ? 'done_late' : 'late') : did ? 'done' : 'open' };
  });
  const missing = DUTIES.filter((duty) => done[duty] === undefined);
  const isNoAction = lastActions.includes('no_action');
  return {
    taken,
    duties,
    next: nextOf(duties, state.updateBy, today),
    may: isOpen ? mayBeTaken(state) : [],
    missing,
    expectedOn: isRunning ? state.expectedOn : null,
    updateBy: state.updateBy,
    isLate: duties.some(({ is }) => is === 'late'),
    isNoAction,
    outcome: missing.length > 0 ? null : outcomeOf(actions, isNoAction),
  };
}

/** By when a step is due; null where there is no day for it. */
function dayOf(kind: StepKind, { isRunning, expectedOn, updateBy }: State, dueOn: string): string | null {
  if (NEVER_PUT_OFF.includes(kind)) return dueOn;
  if (!isRunning || kind === 'reopen') return null;
  return kind === 'update' ? updateBy : (expectedOn ?? dueOn);
}

function after(state: State, { kind, takenOn, expectedOn, actions }: TakenStep, by: string | null): State {
  const did = { on: takenOn, by };
  switch (kind) {
    case 'acknowledge':
    case 'consider':
    case 'elsewhere':
      return { ...state, done: { ...state.done, [kind]: state.done[kind] ?? did } };
    case 'extend':
      return { ...state, expectedOn, updateBy: aMonthAfter(takenOn) };
    case 'update':
      return { ...state, updateBy: aMonthAfter(takenOn) };
    case 'deal': {
      // It is what was done last that the person has to be told of.
      const lastActions = actions ?? [];
      const done = { ...firstThree(state.done), deal: state.done.deal ?? did };
      return { ...state, done, actions: [...state.actions, ...lastActions], lastActions };
    }
    case 'inform':
      return { ...state, isRunning: false, updateBy: null, done: { ...state.done, inform: did } };
    case 'reopen':
      return { ...AT_FIRST, isRunning: false, done: firstThree(state.done) };
  }
}

/* Neither how it was dealt with, nor that the person was told. */
function firstThree({ acknowledge, consider, elsewhere }: State['done']): State['done'] {
  return { ...(acknowledge && { acknowledge }), ...(consider && { consider }), ...(elsewhere && { elsewhere }) };
}

function mayBeTaken({ done, isRunning, expectedOn }: State): StepKind[] {
  const notYet = NEVER_PUT_OFF.filter((kind) => done[kind as Duty] === undefined);
  const may = [...notYet];
  if (done.consider) may.push('deal');
  if (done.deal && !done.inform) may.push('inform');
  if (notYet.length === 0 && isRunning) may.push('extend');
  if (isRunning && expectedOn !== null) may.push('update');
  return may;
}

/* An update that is due first comes first; whoever tells the person what was done needs to tell nothing before. */
function nextOf(duties: readonly DutyStanding[], updateBy: string | null, today: string): NextStep | null {
  const first = duties.find(({ doneOn }) => doneOn === null);
  if (!first) return null;
  const { duty, by, is } = first;
  if (duty === 'deal' && updateBy !== null && by !== null && updateBy < by) {
    return { step: 'update', by: updateBy, isLate: today > updateBy };
  }
  return { step: duty, by, isLate: is === 'late' };
}

/* What was decided last, if that is to do nothing; else the most that was done. */
function outcomeOf(actions: readonly Action[], isNoAction: boolean): DisclosureOutcome {
  if (isNoAction) return 'no_action';
  if (actions.includes('addressing')) return 'addressed';
  return actions.includes('investigating') ? 'investigated' : 'referred';
}

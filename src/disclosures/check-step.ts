import { LAST_YEAR } from '../clocks/holidays.js';
import { isDay } from '../web/day.js';
import { Invalid } from '../web/errors.js';
import type { DutyRound } from './read-steps.js';
import type { NewStep } from './new-step.js';

/** The day on which the Act came into force: nothing was received under it before. */
const IN_FORCE_FROM = '2022-07-01';

/**
 * Checks what of a step is in clear against the steps before it.
 *
 * @param today the day in Auckland
 * @throws {Invalid} naming the field
 */
export function checkStep(sent: NewStep, duties: DutyRound, today: string): void {
  if (sent.kind === 'acknowledge') checkReceipt(sent, duties);
  if (sent.kind === 'extend') checkExpected(sent, duties, today);
  if (sent.kind === 'deal') checkDealing(sent, duties, today);
}

/* Never later than the day on which it lay here: the twenty days would begin too late. */
function checkReceipt({ receivedOn = '', orally, item }: NewStep, { clock }: DutyRound): void {
  if (!isDay(receivedOn) || receivedOn < IN_FORCE_FROM || receivedOn > clock.startedOn) {
    throw wrong(
      'receivedOn',
      'not_a_day_before',
      'Give the day on which it came. That is no later than the day on which it lay here.',
    );
  }
  if (orally === true && !item) {
    throw wrong('item', 'required', 'It was told by mouth. Write to the person how you understood it.');
  }
}

function checkExpected({ expectedOn = '' }: NewStep, { clock, standing }: DutyRound, today: string): void {
  const after = [clock.dueOn, standing.expectedOn ?? '', today].reduce((a, b) => (a > b ? a : b));
  if (!isDay(expectedOn) || expectedOn <= after || Number(expectedOn.slice(0, 4)) > LAST_YEAR) {
    throw wrong(
      'expectedOn',
      'not_a_later_day',
      'Give the day by which you expect to be done: after today, after the twenty working days, and after any day that the person was told before.',
    );
  }
}

function checkDealing(sent: NewStep, duties: DutyRound, today: string): void {
  const { actions = [], reason } = sent;
  const isNoAction = actions.includes('no_action');
  if (isNoAction && actions.length > 1) {
    throw wrong('actions', 'not_together', 'No action is required, or something is done: choose the one or the other.');
  }
  if (isNoAction && reason === undefined) {
    throw wrong('reason', 'required', 'Choose why no action is required.');
  }
  if (!isNoAction && reason !== undefined) {
    throw wrong('reason', 'not_wanted', 'A reason belongs only to the decision that no action is required.');
  }
  for (const field of ['discloserConsultedOn', 'recipientConsultedOn'] as const) {
    checkConsulted(field, sent, duties, today);
  }
}

/* Before the referral, and not before it lay here: see `ASSUMPTIONS.consultBeforeReferring`. */
function checkConsulted(
  field: 'discloserConsultedOn' | 'recipientConsultedOn',
  { actions = [], [field]: day }: NewStep,
  { clock }: DutyRound,
  today: string,
): void {
  if (!actions.includes('referring')) {
    if (day === undefined) return;
    throw wrong(field, 'not_wanted', 'Days on which somebody was consulted belong only to a referral.');
  }
  if (day !== undefined && isDay(day) && day >= clock.startedOn && day <= today) return;
  throw wrong(
    field,
    day === undefined ? 'required' : 'not_a_day_since',
    'Before it is referred, the person and the receiver are both consulted. Give both days: not before it came, and not after today.',
  );
}

function wrong(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }]);
}

import { todayInAuckland } from '../clocks/calendar.js';
import { ASSUMPTIONS } from '../disclosures/assumptions.js';
import type { DutyRound } from '../disclosures/read-steps.js';
import { dayInWords } from '../web/day.js';
import type { Language, Translate } from '../web/translations.js';
import type { MailboxSteps } from './mailbox-side.js';

interface Told {
  readonly t: Translate;
  readonly lang: Language;
  readonly agency: { readonly id: string; readonly name: string };
}

/** What section 13 says should be done about a disclosure, by when, and what was done, in words for the person. */
export function stepsInWords(
  { clock, standing }: DutyRound,
  { t, lang, agency }: Told,
  today = todayInAuckland(),
): MailboxSteps {
  const { expectedOn, updateBy, missing } = standing;
  const day = (on: string): string => dayInWords(on, lang);
  const longer = expectedOn !== null && missing.length > 0;
  return {
    due: t(`mailbox.steps.due.${clock.basis}`, { day: day(clock.dueOn), agency: agency.name }),
    list: standing.duties.map(({ duty, doneOn, is }) => ({
      code: duty,
      text: t(`mailbox.steps.should.${duty}`, { agency: agency.name }),
      on: doneOn,
      done:
        doneOn === null
          ? t(is === 'late' ? 'mailbox.steps.late' : 'mailbox.steps.open')
          : t('mailbox.steps.done', { day: day(doneOn) }),
    })),
    longer: longer
      ? [
          t('mailbox.steps.longer', { day: day(expectedOn), agency: agency.name }),
          ...(updateBy === null ? [] : [t('mailbox.steps.updates', { day: day(updateBy), agency: agency.name })]),
        ].join(' ')
      : null,
    further: mayGoFurther({ clock, standing }, today)
      ? t(`mailbox.steps.further.${agency.id === 'ombudsman' ? 'ombudsman' : 'other'}`, {
          agency: agency.name,
          section: ASSUMPTIONS.disclosingFurther.section,
        })
      : null,
  };
}

/**
 * Whether section 14 is spoken of: from the day after the last of the twenty days, where a step is missing then, or nothing
 * is to be done. Classified matters, for which it never is, never come in here. The triage desk is no receiver.
 */
function mayGoFurther({ clock, standing }: Pick<DutyRound, 'clock' | 'standing'>, today: string): boolean {
  return clock.basis === 'pda_s13' && today > clock.dueOn && (standing.isLate || standing.isNoAction);
}

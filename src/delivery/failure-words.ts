import type { Translate } from '../web/translations.js';

/** Kinds of work that have words of their own. */
const WORK = [
  'place_case',
  'release_cases',
  'tell_agency',
  'tell_person',
  'tell_receiver',
  'digests',
  'digest',
  'reminders',
  'remind_agency',
  'close_lodged_days',
  'count_oversight',
  'publish_open_data',
  'audit_alarm',
  'webhook',
];

/** Codes of failures that have words of their own. */
const FAILURES = [
  'no_case',
  'no_agency',
  'no_notice_address',
  'no_handler',
  'stalled',
  'address_sealed',
  'sealing_key_away',
  'address_unusable',
  'mail_not_written',
  'smtp_refused',
  'smtp_deferred',
  'smtp_unreachable',
  'smtp_sign_in',
  'smtp_tls',
  'smtp_failed',
  'figures_not_counted',
  'ledger_torn',
  'tables_changed',
];

/** Beginnings of codes that share their words. */
const FAMILIES = ['database', 'webhook'];

/** A kind of work in plain words; its code where there are none. */
export function workWords(name: string, t: Translate): string {
  return WORK.includes(name) ? t(`work.kinds.${name}`) : name;
}

/** Why work was given up, in plain words. */
export function failureWords(code: string, t: Translate): string {
  if (FAILURES.includes(code)) return t(`work.failures.${code}`);
  const family = FAMILIES.find((one) => code.startsWith(one)) ?? 'other';
  return t(`work.failures.${family}`);
}

import type { Words } from './seal-submission.js';

/** The fields that words are typed into. */
export function fieldsOf(form: HTMLFormElement): (HTMLTextAreaElement | HTMLInputElement)[] {
  return [...form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, input[type=email]')];
}

/** What was typed so far. */
export function typedIn(form: HTMLFormElement): Words {
  return Object.fromEntries(fieldsOf(form).flatMap(({ name, value }) => (value.trim() === '' ? [] : [[name, value]])));
}

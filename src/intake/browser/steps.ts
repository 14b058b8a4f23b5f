import { element } from '../../web/browser/page.js';
import { isAddressAt } from '../address-at.js';

/**
 * Turns the sections of the form into one thing a page. Without this script they stand one below the other.
 *
 * @param said the page's words
 * @param notAt domains at which no notice may arrive
 * @param fail shows what is wrong, and at which field
 */
export function takeSteps(
  form: HTMLFormElement,
  said: Readonly<Record<string, string>>,
  notAt: readonly string[],
  fail: (message: string | undefined, field: string) => void,
): void {
  const steps = [...form.querySelectorAll<HTMLElement>('[data-step]'), element('[data-check]', form)];
  const next = element('[data-continue]', form);
  const back = element('[data-back]', form);
  const send = element('[data-send]', form);
  let at = 0;

  const show = (step: number, focus: boolean): void => {
    at = step;
    const last = at === steps.length - 1;
    steps.forEach((section, i) => {
      section.hidden = i !== at;
    });
    next.hidden = last;
    send.hidden = !last;
    back.hidden = at === 0;
    if (last) summarise(form, said);
    element('#failure').hidden = true;
    if (focus) steps[at]?.querySelector<HTMLElement>('textarea, input, [tabindex]')?.focus();
  };

  next.addEventListener('click', () => {
    const section = steps[at];
    const wrong = section ? wrongField(section, said, notAt) : null;
    if (wrong) fail(...wrong);
    else show(at + 1, true);
  });
  back.addEventListener('click', () => {
    show(at - 1, true);
  });
  // A link in the error summary may lead to a field of another step.
  element('#failure').addEventListener('click', (event) => {
    const field = event.target instanceof HTMLAnchorElement ? event.target.hash : '';
    const step = steps.findIndex((section) => field !== '' && section.querySelector(field));
    if (step < 0) return;
    event.preventDefault();
    show(step, false);
    form.querySelector<HTMLElement>(field)?.focus();
  });
  show(0, false);
}

function wrongField(
  section: HTMLElement,
  said: Readonly<Record<string, string>>,
  notAt: readonly string[],
): [string | undefined, string] | null {
  for (const field of section.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, input')) {
    if (field.name === 'whatHappened' && field.value.trim() === '') return [said.required, field.id];
    if (field.type === 'email' && !field.validity.valid) return [said.badEmail, field.id];
    if (field.type === 'email' && isAddressAt(field.value, notAt)) return [said.notThere, field.id];
  }
  return null;
}

/** Everything typed, to be read once more before it is sealed. */
function summarise(form: HTMLFormElement, said: Readonly<Record<string, string>>): void {
  const fields = [...form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>('textarea, input[type=email]')];
  element('[data-summary]', form).replaceChildren(
    ...fields.map(({ name, value }) => {
      const row = document.createElement('div');
      row.className = 'govuk-summary-list__row';
      const key = document.createElement('dt');
      key.className = 'govuk-summary-list__key';
      key.textContent = said[name] ?? name;
      const typed = document.createElement('dd');
      typed.className = 'govuk-summary-list__value od-typed';
      typed.textContent = value.trim() === '' ? (said.empty ?? '') : value;
      row.append(key, typed);
      return row;
    }),
  );
}

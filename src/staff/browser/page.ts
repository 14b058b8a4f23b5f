/** The element with this id, which the page's template promises. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
}

/** What stands in an input. */
export function valueOf(id: string): string {
  return element(id, HTMLInputElement).value;
}

/** Text for people stands in the page, in their language: `<template id="say" data-wrong="…">`. */
export function say(name: string): string {
  return element('say', HTMLTemplateElement).dataset[name] ?? '';
}

/** Shows one message where screen readers announce it; an empty one takes it away. */
export function tell(message: string): void {
  const place = element('told', HTMLElement);
  place.textContent = message;
  place.hidden = message === '';
}

/** Runs a form's work once at a time. The form is never sent by the browser itself. */
export function onSubmit(id: string, work: () => Promise<void>): void {
  const form = element(id, HTMLFormElement);
  let busy = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute('aria-busy', 'true');
    tell('');
    void work()
      .catch(() => {
        tell(say('failed'));
      })
      .finally(() => {
        busy = false;
        form.removeAttribute('aria-busy');
      });
  });
}

const OWN_PAGE = /^\/staff(\/[\w-]+)*$/;

/** Goes where the person was on the way to: only ever to a page of ours. */
export function goOn(): void {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  location.assign(OWN_PAGE.test(next) ? next : '/staff');
}

/** The element a page of ours always has. */
export function element(selector: string, within: ParentNode = document): HTMLElement {
  return elementOf(HTMLElement, selector, within);
}

/** The same, where it has to be of a kind. */
export function elementOf<T extends HTMLElement>(
  kind: new () => T,
  selector: string,
  within: ParentNode = document,
): T {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`This page has no ${selector}.`);
  return found;
}

/** What stands in an input. */
export function valueOf(selector: string): string {
  return elementOf(HTMLInputElement, selector).value;
}

/** What the server put on the page for its script. */
export function given(selector: string): unknown {
  return JSON.parse(element(selector).dataset.json ?? 'null');
}

/** Text for people stands in the page, in their language: `<template id="say" data-wrong="…">`. */
export function say(name: string): string {
  return element('#say').dataset[name] ?? '';
}

/** Shows one message where screen readers announce it; an empty one takes it away. */
export function tell(message: string): void {
  const place = element('#told');
  place.textContent = message;
  place.hidden = message === '';
}

/** Runs a form's work once at a time. The form is never sent by the browser itself. */
export function onSubmit(selector: string, work: () => Promise<void>): void {
  const form = elementOf(HTMLFormElement, selector);
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

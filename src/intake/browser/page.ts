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

/** What the server put on the page for its script. */
export function given(selector: string): unknown {
  return JSON.parse(element(selector).dataset.json ?? 'null');
}

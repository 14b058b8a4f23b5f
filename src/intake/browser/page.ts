/** The element a page of ours always has. */
export function element<T extends HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`This page has no ${selector}.`);
  return found;
}

/** What the server put on the page for its script. */
export function given<T>(selector: string): T {
  return JSON.parse(element(selector).dataset['json'] ?? 'null') as T;
}

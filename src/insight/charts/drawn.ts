/** The little of a document that pictures are made with; the types of browsers are not those of a server. */
export interface Drawing {
  createElementNS(namespace: string, name: string): DrawnElement;
}

export interface DrawnElement {
  readonly localName: string;
  readonly children: Iterable<DrawnElement>;
  readonly outerHTML: string;
  textContent: string | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  prepend(...elements: DrawnElement[]): void;
  append(...elements: DrawnElement[]): void;
  remove(): void;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element of SVG. */
export function element(
  document: Drawing,
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  inside: string | readonly DrawnElement[] = [],
): DrawnElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value.toString());
  if (typeof inside === 'string') made.textContent = inside;
  else made.append(...inside);
  return made;
}

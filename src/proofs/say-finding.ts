import type { Finding } from '../vault/proof.js';

/** What findings are said with. */
export interface FindingWords {
  /** By code, with `{name}` where a value belongs. */
  readonly sentences: Readonly<Record<string, string>>;
  /** Of agencies, by id. */
  readonly names: Readonly<Record<string, string>>;
}

/** One finding as a sentence. */
export function sayFinding({ code, values }: Finding, { sentences, names }: FindingWords): string {
  return (sentences[code] ?? code).replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = Object.hasOwn(values, name) ? (values[name] ?? '') : '';
    const isAgency = name === 'receiver' || name === 'agency';
    return isAgency && Object.hasOwn(names, value) ? (names[value] ?? value) : value;
  });
}

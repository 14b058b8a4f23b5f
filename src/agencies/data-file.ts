import { load } from 'js-yaml';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from '../web/translations.js';

/** A data file that cannot be used. The message names the file and the entry, for whoever starts the server. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** A public text: English always, te reo Māori where it has been written. */
export interface Text {
  readonly en: string;
  readonly mi?: string;
}

/** The text in a language, in English where that is still missing. */
export function inLanguage(text: Text, language: Language): string {
  return text[language] ?? text.en;
}

/**
 * A path in the project's `config/` folder, the same whether the code runs from `src/` or from `dist/src/`.
 *
 * @throws DataError when no folder above this file holds a package.json
 */
export function configPath(...parts: readonly string[]): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new DataError('The project folder, the one with package.json, was not found.');
    folder = above;
  }
  return join(folder, 'config', ...parts);
}

/**
 * Reads one YAML file (duplicate keys refused).
 *
 * @throws DataError naming the file
 */
export function readYaml(path: string): unknown {
  try {
    return load(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DataError(`${path} cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}

/** Reads fields of one mapping and refuses what it does not know, each time in a sentence that says where. */
export class Fields {
  private readonly values: ReadonlyMap<string, unknown>;

  /**
   * @param value what the file holds at this place
   * @param where file and entry, for the sentence
   * @param known every key that may occur
   */
  constructor(
    value: unknown,
    readonly where: string,
    known: readonly string[],
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.refuse('must be a mapping');
    this.values = new Map(Object.entries(value));
    for (const key of this.values.keys()) {
      if (!known.includes(key)) throw this.refuse(`has a key that is not known: ${key}`);
    }
  }

  refuse(what: string): DataError {
    return new DataError(`${this.where}: ${what}.`);
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  get(key: string): unknown {
    return this.values.get(key);
  }

  text(key: string): string {
    const value = this.values.get(key);
    if (typeof value !== 'string' || value.trim() === '') throw this.refuse(`needs a text under ${key}`);
    return value;
  }

  optionalText(key: string): string | undefined {
    return this.has(key) ? this.text(key) : undefined;
  }

  /** A text that is one of a closed set. */
  oneOf<T extends string>(key: string, allowed: readonly T[]): T {
    const value = this.text(key);
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw this.refuse(`has ${value} under ${key}, which is none of ${allowed.join(', ')}`);
    return found;
  }

  list(key: string): readonly unknown[] {
    const value = this.values.get(key);
    if (!Array.isArray(value)) throw this.refuse(`needs a list under ${key}`);
    return value as readonly unknown[];
  }

  optionalList(key: string): readonly unknown[] {
    return this.has(key) ? this.list(key) : [];
  }

  texts(key: string): readonly string[] {
    return this.list(key).map((each) => {
      if (typeof each !== 'string' || each === '') throw this.refuse(`may hold only texts under ${key}`);
      return each;
    });
  }

  /** A nested mapping. */
  fields(key: string, known: readonly string[]): Fields {
    return new Fields(this.values.get(key), `${this.where}, ${key}`, known);
  }

  /** A public text in the languages we write. */
  translated(key: string): Text {
    const value = this.fields(key, ['en', 'mi']);
    return value.has('mi') ? { en: value.text('en'), mi: value.text('mi') } : { en: value.text('en') };
  }
}

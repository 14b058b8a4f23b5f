import i18next, { type i18n } from 'i18next';
import type { FastifyRequest } from 'fastify';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.js';
import { readCookie } from './cookies.js';
import { localesDirectory } from './places.js';

/** The languages of the catalogues, the one everything is complete in first. */
export const LANGUAGES = ['en', 'mi'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Says a key of the catalogues in one language; what that language lacks is said in English. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** Name of the cookie that holds the language chosen. */
export const LANGUAGE_COOKIE = 'lang';

/** A whole catalogue, as YAML nests it. */
export interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

/** Reads one catalogue of `config/locales`. */
export function readCatalogue(language: Language): Catalogue {
  return load(readFileSync(join(localesDirectory, `${language}.yaml`), 'utf8')) as Catalogue;
}

/** The catalogues, loaded once. */
export class Translations {
  private readonly instance: i18n = i18next.createInstance();

  constructor() {
    void this.instance.init({
      fallbackLng: 'en',
      supportedLngs: [...LANGUAGES],
      resources: Object.fromEntries(LANGUAGES.map((language) => [language, { translation: readCatalogue(language) }])),
      initAsync: false,
      returnEmptyString: false,
      // Nunjucks escapes what it prints; escaping twice would show `&amp;`.
      interpolation: { escapeValue: false },
    });
  }

  /** The way to say things in one language. */
  in(language: Language): Translate {
    const say = this.instance.getFixedT(language);
    return (key, values = {}) => say(key, values);
  }
}

/** Whether a word names a language we have. */
export function isLanguage(word: unknown): word is Language {
  return LANGUAGES.some((language) => language === word);
}

/** The language for a request: the one chosen, else the first of `Accept-Language` that we have, else English. */
export function languageOf(request: FastifyRequest, settings: Settings): Language {
  const chosen = readCookie(request, settings, LANGUAGE_COOKIE);
  if (isLanguage(chosen)) return chosen;
  const wanted = (request.headers['accept-language'] ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', quality = 'q=1'] = part.trim().split(/\s*;\s*/);
      return { language: tag.toLowerCase().split('-')[0], quality: Number(quality.replace(/^q=/, '')) || 0 };
    });
  const best = wanted.sort((a, b) => b.quality - a.quality).find((one) => one.quality > 0 && isLanguage(one.language));
  return isLanguage(best?.language) ? best.language : 'en';
}

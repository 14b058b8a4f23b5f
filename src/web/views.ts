import fastifyView from '@fastify/view';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import nunjucks from 'nunjucks';
import type { Settings } from '../../config/settings.js';
import { assetUrl, hashOf, type Manifest } from './assets.js';
import { CSRF_FIELD, csrfToken } from './csrf.js';
import { dayInWords } from './day.js';
import { worldOfRequest } from './hosts.js';
import { featuresDirectory, govukDirectory } from './places.js';
import { type Language, languageOf, LANGUAGES, type Translate, type Translations } from './translations.js';

/** What every template can use. */
interface Locals {
  t: Translate;
  lang: Language;
  languages: readonly Language[];
  /** Where the language switch comes back to. */
  here: string;
  staffWorld: boolean;
  /** Hidden field for a form that posts. */
  csrf: () => nunjucks.runtime.SafeString;
  /** A date (YYYY-MM-DD) in words. */
  day: (date: string) => string;
  csrfToken: () => string;
}

declare module 'fastify' {
  interface FastifyReply {
    locals?: Locals;
  }
}

/** Renders `src/<feature>/views/*.njk`, all on one search path, with the words, token and assets of each request. */
export async function useViews(
  instance: FastifyInstance,
  settings: Settings,
  translations: Translations,
  manifest: Manifest,
): Promise<void> {
  await instance.register(fastifyView, {
    engine: { nunjucks },
    templates: [...viewDirectories(), govukDirectory],
    options: {
      autoescape: true,
      onConfigure: (environment: nunjucks.Environment) => {
        environment.addGlobal('operatorAgency', settings.TRIAGE_AGENCY);
        environment.addGlobal('asset', (name: string) => assetUrl(manifest, name));
        environment.addGlobal('script', (name: string) => scriptTag(manifest, name));
        // The same for what was made when the server started, which the build cannot look for.
        environment.addGlobal('madeScript', (name: string) => scriptTag(manifest, name));
      },
    },
  });
  instance.addHook('onRequest', (request, reply, done) => {
    const lang = languageOf(request, settings);
    reply.locals = {
      t: translations.in(lang),
      day: (date) => dayInWords(date, lang),
      lang,
      languages: LANGUAGES,
      here: request.method === 'GET' ? request.url : '/',
      staffWorld: worldOfRequest(request, settings) === 'staff',
      csrf: () => hiddenField(CSRF_FIELD, csrfToken(request, reply, settings)),
      csrfToken: () => csrfToken(request, reply, settings),
    };
    done();
  });
}

/** The words for a request, for a controller that has something of its own to say. */
export function requestText(reply: FastifyReply): { t: Translate; lang: Language } {
  if (!reply.locals) throw new Error('Asked for the words of a request before its hooks ran.');
  return reply.locals;
}

/** Every `views` folder of a feature. */
export function viewDirectories(): string[] {
  return readdirSync(featuresDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === 'views')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hiddenField(name: string, value: string): nunjucks.runtime.SafeString {
  return new nunjucks.runtime.SafeString(`<input type="hidden" name="${name}" value="${value}">`);
}

function scriptTag(manifest: Manifest, name: string): nunjucks.runtime.SafeString {
  const source = assetUrl(manifest, name);
  return new nunjucks.runtime.SafeString(
    `<script type="module" src="${source}" integrity="${hashOf(manifest, name)}"></script>`,
  );
}

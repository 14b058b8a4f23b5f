import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../../config/settings.js';
import { setCookie } from './cookies.js';
import { isLanguage, LANGUAGE_COOKIE } from './translations.js';

const YEAR = 365 * 24 * 3600;

@Controller('language')
export class LanguageController {
  constructor(private readonly settings: Settings) {}

  /** A link, not a form: it works without JavaScript and changes nothing but the words on the page. */
  @Get()
  choose(@Res() reply: FastifyReply, @Query('to') to?: unknown, @Query('back') back?: unknown): void {
    if (isLanguage(to)) setCookie(reply, this.settings, LANGUAGE_COOKIE, to, { maxAge: YEAR });
    void reply.redirect(localPath(back), 303);
  }
}

/** A path on this host, or the front page: never an address that leads away, `//host` and `/\host` included. */
function localPath(back: unknown): string {
  return typeof back === 'string' && back.length <= 300 && /^\/(?![/\\])[\w\-.~/%?=&+]*$/.test(back) ? back : '/';
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { clearSite, forgetCookies } from './clear-site.js';
import { fromOurPages } from './csrf.js';

/** A page that says nothing about anybody, in case somebody looks over a shoulder. */
const AWAY = 'https://www.metservice.com/';

/** Leaving at once, also without JavaScript: the browser forgets what it knows of us on the way out. */
@Controller('leave')
export class LeaveController {
  constructor(private readonly settings: Settings) {}

  @Get()
  leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    // Another site that names this address must not cost somebody what they are writing.
    if (fromOurPages(request, this.settings) || request.headers['sec-fetch-site'] === 'none') {
      forgetCookies(request, reply, this.settings);
      clearSite(reply);
    }
    void reply.redirect(AWAY, 303);
  }
}

import {
  applyDecorators,
  Catch,
  Injectable,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { readCookie } from '../web/cookies.js';
import { Unauthorised } from '../web/errors.js';
import { RecordRefusals } from './record-refusals.js';
import { SESSION_COOKIE } from './staff-cookie.js';
import { StaffSessions } from './staff-sessions.js';
import './signed-in.js';

/** A page was asked for that only signed-in people see. */
class SignInFirst extends Unauthorised {
  constructor(readonly next: string) {
    super('Sign in first.');
  }
}

/** Lets nobody through without a session that stands, and says who it is. */
@Injectable()
export class StaffGuard implements CanActivate {
  constructor(
    private readonly sessions: StaffSessions,
    private readonly settings: Settings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const session = await this.sessions.resolve(readCookie(request, this.settings, SESSION_COOKIE));
    if (session) {
      request.staff = session.actor;
      request.staffSession = session;
      return true;
    }
    const page = request.method === 'GET' && !request.url.startsWith('/staff/api/');
    throw page ? new SignInFirst(request.url.split('?', 1)[0] ?? '') : new Unauthorised('Sign in first.');
  }
}

/** Sends who asked for a page to the sign-in page, from where they come back. */
@Catch(SignInFirst)
class SignInFirstFilter implements ExceptionFilter<SignInFirst> {
  catch(error: SignInFirst, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.redirect(`/staff/sign-in?next=${encodeURIComponent(error.next)}`, 303);
  }
}

/** For staff alone: pages lead to the sign-in page, everything else answers 401. What they are refused is recorded. */
export const StaffOnly = (): ClassDecorator & MethodDecorator =>
  applyDecorators(UseGuards(StaffGuard), UseInterceptors(RecordRefusals), UseFilters(SignInFirstFilter));

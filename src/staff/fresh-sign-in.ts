import {
  applyDecorators,
  Catch,
  Injectable,
  UseFilters,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fieldsOf, localAddress } from '../web/error-filter.js';
import { Refused, Unauthorised } from '../web/errors.js';
import { widenForWasm } from '../web/headers.js';

/** The proof that it is the person who signed in is too old for what was asked. */
class StepUpFirst extends Refused {
  constructor() {
    super(403, 'step_up', 'Show once more that it is you. What you sent is not done yet.');
  }
}

/** The same for a page, which leads to the page that asks for the proof. */
class StepUpPageFirst extends StepUpFirst {}

/** Lets through who proved within the last five minutes that it is them. */
@Injectable()
class FreshGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.staffSession) throw new Unauthorised('Sign in first.');
    if (request.staffSession.fresh) return true;
    throw request.url.startsWith('/staff/api/') ? new StepUpFirst() : new StepUpPageFirst();
  }
}

/** Asks for the proof. What a form held waits in the page meanwhile, and is sent on once the proof was given. */
@Catch(StepUpPageFirst)
class StepUpFilter implements ExceptionFilter<StepUpPageFirst> {
  async catch(error: StepUpPageFirst, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (request.method === 'GET') {
      await reply.redirect(`/staff/step-up?next=${encodeURIComponent(request.url)}`, 303);
      return;
    }
    widenForWasm(reply);
    await reply.status(error.status).view('staff-step-up.njk', {
      actor: request.staff,
      kept: fieldsOf(request.body),
      sendOn: localAddress(request),
    });
  }
}

/**
 * For what is dangerous: the person must have proved within the last five minutes that it is them, by signing in or since.
 * Calls of scripts are refused with the code `step_up`. Goes with `StaffOnly`, which says who it is: on a route that
 * has both, `StaffOnly` stands below this.
 */
export const FreshSignIn = (): MethodDecorator => applyDecorators(UseGuards(FreshGuard), UseFilters(StepUpFilter));

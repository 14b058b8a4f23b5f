import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Unauthorised } from '../web/errors.js';
import type { StaffActor } from './staff-actor.js';
import type { StandingSession } from './staff-sessions.js';

declare module 'fastify' {
  interface FastifyRequest {
    staff?: StaffActor;
    staffSession?: StandingSession;
  }
}

/** The signed-in person, put there by `StaffGuard`; a route that forgot the guard refuses everybody. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): StaffActor => {
  const { staff } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!staff) throw new Unauthorised('Sign in first.');
  return staff;
});

/** The session that a request comes in, put there by `StaffGuard`. */
export const InSession = createParamDecorator((_: unknown, context: ExecutionContext): StandingSession => {
  const { staffSession } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!staffSession) throw new Unauthorised('Sign in first.');
  return staffSession;
});

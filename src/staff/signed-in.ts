import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Unauthorised } from '../web/errors.js';
import type { StaffActor } from './staff-actor.js';

declare module 'fastify' {
  interface FastifyRequest {
    staff?: StaffActor;
  }
}

/** The signed-in person, put there by `StaffGuard`; a route that forgot the guard refuses everybody. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): StaffActor => {
  const { staff } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!staff) throw new Unauthorised('Sign in first.');
  return staff;
});

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import { isUuid } from '../vault/form.js';
import { Forbidden, NotFound } from '../web/errors.js';
import { Refusals } from './refusals.js';
import './signed-in.js';

/** Has every refusal to somebody who is signed in written down before it is answered. */
@Injectable()
export class RecordRefusals implements NestInterceptor {
  constructor(private readonly refusals: Refusals) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        const { staff } = request;
        if (staff && (error instanceof NotFound || error instanceof Forbidden)) {
          const route = `${request.method} ${request.routeOptions.url ?? ''}`;
          const id = Object.values((request.params ?? {}) as Record<string, unknown>).find(isUuid);
          await this.refusals.record(staff, { route, ...(id === undefined ? {} : { id }) });
        }
        throw error;
      }),
    );
  }
}

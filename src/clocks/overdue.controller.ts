import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { recordLent } from '../staff/delegations/lent-roles.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { Forbidden } from '../web/errors.js';
import { mayReadOverdue } from './clock.policy.js';
import { OVERDUE_PAGE, overdueCases } from './overdue.js';
import { OverdueQuery } from './overdue.dto.js';

/** A lead's page: the complaints of their agency that are past their date. */
@Controller('staff/overdue')
@StaffOnly()
export class OverdueController {
  constructor(private readonly database: Database) {}

  @Get()
  async page(
    @SignedIn() actor: StaffActor,
    @Query() { after }: OverdueQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!mayReadOverdue(actor)) throw new Forbidden();
    const found = await this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'overdue.read', actor });
      await recordLent(manager, actor, 'lead');
      return overdueCases(manager, actor, after);
    });
    const rows = found.slice(0, OVERDUE_PAGE);
    const next = found.length > OVERDUE_PAGE ? rows.at(-1)?.id : undefined;
    await reply.view('overdue.njk', { actor, rows, next });
  }
}

import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { requestText } from '../web/views.js';
import { workingDaysPage } from './working-days-pages.js';

/** How a due date is counted, for anybody to follow. */
@Controller('working-days')
export class WorkingDaysController {
  @Get()
  async page(@Query() asked: Record<string, unknown>, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('working-days.njk', workingDaysPage(asked, requestText(reply)));
  }
}

/** The same on the officers' side, which is an origin of its own. */
@Controller('staff/working-days')
@StaffOnly()
export class StaffWorkingDaysController {
  @Get()
  async page(
    @SignedIn() actor: StaffActor,
    @Query() asked: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.view('staff-working-days.njk', { actor, ...workingDaysPage(asked, requestText(reply)) });
  }
}

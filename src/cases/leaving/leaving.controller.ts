import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../../config/database.js';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import { append } from '../../audit/audit.js';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { mayListPeople } from '../../staff/staff.policy.js';
import { requestText } from '../../web/views.js';
import { AfterItem } from '../sealed-words.dto.js';
import { endMembership, personToLeave } from './end-membership.js';
import { RenewalForm } from './leaving.dto.js';
import { renewDisclosure } from './renew-disclosure.js';
import { staleDisclosures, type StaleDisclosures } from './stale-disclosures.js';

/** When somebody leaves: their access ends at once, and those who stay begin the next epoch of what they could open. */
@Controller('staff')
@StaffOnly()
export class LeavingController {
  constructor(
    private readonly database: Database,
    private readonly directory: Directory,
  ) {}

  @Get('people/:staffId/leave')
  async page(
    @SignedIn() actor: StaffActor,
    @Param('staffId', ParseUUIDPipe) staffId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const person = await this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'staff.people_viewed', actor });
      const { id, displayName } = await personToLeave(manager, actor, staffId);
      return { staffId: id, displayName };
    });
    await reply.view('leave.njk', { ...staffFrame(this.directory, actor, requestText(reply).lang), person });
  }

  @Post('people/:staffId/leave')
  @FreshSignIn()
  async leave(
    @SignedIn() actor: StaffActor,
    @Param('staffId', ParseUUIDPipe) staffId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.database.asActor(actor, (manager) => endMembership(manager, actor, staffId));
    void reply.redirect(mayListPeople(actor) ? '/staff/people' : '/staff/keys', 303);
  }

  @Get('disclosures/renewal')
  async renewal(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { count } = await this.database.asActor(actor, (manager) => staleDisclosures(manager, actor));
    await reply.view('disclosure-renewal.njk', {
      ...staffFrame(this.directory, actor, requestText(reply).lang),
      count,
    });
  }

  @Get('api/stale-disclosures')
  stale(@SignedIn() actor: StaffActor, @Query() { after }: AfterItem): Promise<StaleDisclosures> {
    return this.database.asActor(actor, (manager) => staleDisclosures(manager, actor, after));
  }

  @Post('api/cases/:id/renewal')
  @HttpCode(204)
  renew(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() { epoch }: RenewalForm): Promise<void> {
    return this.database.asActor(actor, (manager) => renewDisclosure(manager, actor, id, epoch));
  }
}

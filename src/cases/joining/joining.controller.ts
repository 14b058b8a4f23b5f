import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../../config/database.js';
import { Directory } from '../../agencies/directory.js';
import { staffFrame } from '../../agencies/staff-frame.js';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { requestText } from '../../web/views.js';
import { AfterItem } from '../sealed-words.dto.js';
import { GrantsToColleagueForm } from './joining.dto.js';
import type { DisclosuresToGrant } from './joining.js';
import { colleaguesWaiting, disclosuresToGrant, letRead } from './let-read.js';

/** When a disclosure officer joins: one who was there before lets them read the disclosures that came earlier. */
@Controller('staff')
@StaffOnly()
export class JoiningController {
  constructor(
    private readonly database: Database,
    private readonly directory: Directory,
  ) {}

  @Get('disclosures/joining')
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const colleagues = await this.database.asActor(actor, (manager) => colleaguesWaiting(manager, actor));
    await reply.view('disclosure-joining.njk', {
      ...staffFrame(this.directory, actor, requestText(reply).lang),
      colleagues,
    });
  }

  @Get('api/joining/:staffId')
  next(
    @SignedIn() actor: StaffActor,
    @Param('staffId', ParseUUIDPipe) staffId: string,
    @Query() { after }: AfterItem,
  ): Promise<DisclosuresToGrant> {
    return this.database.asActor(actor, (manager) => disclosuresToGrant(manager, actor, staffId, after));
  }

  @Post('api/joining/:staffId')
  @FreshSignIn()
  @HttpCode(204)
  grant(
    @SignedIn() actor: StaffActor,
    @Param('staffId', ParseUUIDPipe) staffId: string,
    @Body() { grants }: GrantsToColleagueForm,
  ): Promise<void> {
    return this.database.asActor(actor, (manager) => letRead(manager, actor, staffId, grants));
  }
}

import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { AfterItem } from '../sealed-words.dto.js';
import { disclosuresOnPaper, recoverDisclosure, type DisclosuresOnPaper } from './recover-disclosures.js';
import { GrantsFromPaperForm } from './recovery.dto.js';

/** What the page of a recovery asks for and sends of disclosures, one page of them after the other. */
@Controller('staff/api/recoveries/:id/disclosures')
@StaffOnly()
export class DisclosureRecoveryController {
  constructor(private readonly database: Database) {}

  @Get()
  page(
    @SignedIn() actor: StaffActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Query() { after }: AfterItem,
  ): Promise<DisclosuresOnPaper> {
    return this.database.asActor(actor, (manager) => disclosuresOnPaper(manager, actor, id, after));
  }

  @Post(':caseId')
  @FreshSignIn()
  @HttpCode(204)
  recover(
    @SignedIn() actor: StaffActor,
    @Param('id', ParseUUIDPipe) id: string,
    @Param('caseId', ParseUUIDPipe) caseId: string,
    @Body() { grants }: GrantsFromPaperForm,
  ): Promise<void> {
    return this.database.asActor(actor, (manager) => recoverDisclosure(manager, actor, id, caseId, grants));
  }
}

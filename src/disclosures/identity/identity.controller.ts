import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../../config/database.js';
import { ReplyDto } from '../../cases/sealed-words.dto.js';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { askRelease } from './ask-release.js';
import { decideRelease, tellOfRelease } from './decide-release.js';
import { IdentityPages } from './identity-pages.js';
import { NewReleaseDto, RegisterQuery, ReleaseDecisionForm } from './identity.dto.js';
import { readName } from './read-name.js';
import { readAskPage, readNamePage, readRegister, readRelease } from './read-releases.js';
import type { SealedName } from './sealed-name.js';

/** Who wrote a disclosure, kept apart from what they wrote; and the register of its releases (s 17). */
@Controller('staff')
@StaffOnly()
export class IdentityController {
  constructor(
    private readonly database: Database,
    private readonly pages: IdentityPages,
  ) {}

  @Get('disclosures/releases')
  async register(
    @SignedIn() actor: StaffActor,
    @Query() { after }: RegisterQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const register = await this.database.asActor(actor, (manager) => readRegister(manager, actor, after));
    await reply.view('releases.njk', this.pages.register(actor, register, after, reply));
  }

  @Get('cases/:id/identity')
  async page(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const page = await this.database.asActor(actor, (manager) => readNamePage(manager, actor, id));
    await reply.view('case-identity.njk', this.pages.name(actor, page, reply));
  }

  @Get('cases/:id/identity/ask')
  async toAsk(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const page = await this.database.asActor(actor, (manager) => readAskPage(manager, actor, id));
    await reply.view('release-ask.njk', this.pages.ask(actor, page, reply));
  }

  @Get('cases/:id/identity/releases/:releaseId')
  async release(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('releaseId') releaseId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.database.asActor(actor, (manager) => readRelease(manager, actor, id, releaseId));
    await reply.view('release.njk', this.pages.release(actor, page, reply));
  }

  @Post('cases/:id/identity/releases/:releaseId')
  @FreshSignIn()
  async decide(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('releaseId') releaseId: string,
    @Body() { decision }: ReleaseDecisionForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.database.asActor(actor, (manager) => decideRelease(manager, actor, id, releaseId, decision));
    await reply.redirect(`/staff/cases/${id}/identity/releases/${releaseId}`, 303);
  }

  @Get('api/cases/:id/identity')
  open(@SignedIn() actor: StaffActor, @Param('id') id: string): Promise<SealedName> {
    return this.database.asActor(actor, (manager) => readName(manager, actor, id));
  }

  @Post('api/cases/:id/identity/releases')
  @HttpCode(204)
  ask(@SignedIn() actor: StaffActor, @Param('id') id: string, @Body() asked: NewReleaseDto): Promise<void> {
    return this.database.asActor(actor, (manager) => askRelease(manager, actor, id, asked));
  }

  @Post('api/cases/:id/identity/releases/:releaseId/told')
  @HttpCode(204)
  tell(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('releaseId') releaseId: string,
    @Body() { item }: ReplyDto,
  ): Promise<void> {
    return this.database.asActor(actor, (manager) => tellOfRelease(manager, actor, id, releaseId, item));
  }
}

import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CasesService } from '../cases/cases.service.js';
import { DeskPages } from '../cases/desk-pages.js';
import { InboxQuery } from '../cases/inbox.dto.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { Invalid } from '../web/errors.js';
import { DutiesService } from './duties.service.js';
import { ListPages } from './list-pages.js';
import { AfterRow } from './steps.dto.js';
import { readWithheldQuery } from './withheld-query.js';

/** The lists of a disclosure officer: what they can read, what is due, and what was decided. */
@Controller('staff/disclosures')
@StaffOnly()
export class DisclosuresController {
  constructor(
    private readonly cases: CasesService,
    private readonly desk: DeskPages,
    private readonly duties: DutiesService,
    private readonly pages: ListPages,
  ) {}

  @Get()
  async list(@SignedIn() actor: StaffActor, @Query() question: InboxQuery, @Res() reply: FastifyReply): Promise<void> {
    const page = await this.cases.inbox(actor, 'disclosure', question);
    const tasks = await this.cases.openTasks(actor, 'disclosure');
    const due = this.pages.atTheTop(await this.duties.ofList(actor, page.rows), reply);
    const listed = this.desk.list(actor, 'disclosure', question, page, reply);
    await reply.view('inbox.njk', { ...listed, tasks, ...due });
  }

  @Get('due')
  async due(@SignedIn() actor: StaffActor, @Query() { after }: AfterRow, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('disclosures-due.njk', this.pages.due(actor, await this.duties.due(actor, after), reply));
  }

  @Get('registers')
  async registers(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('disclosure-registers.njk', this.pages.registers(actor, reply));
  }

  @Get('registers/no-action')
  async noAction(
    @SignedIn() actor: StaffActor,
    @Query() { after }: AfterRow,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.duties.noAction(actor, after);
    await reply.view('disclosures-no-action.njk', this.pages.noAction(actor, page, reply));
  }

  @Get('withheld')
  async withheld(
    @SignedIn() actor: StaffActor,
    @Query() asked: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      const { days, after } = readWithheldQuery(asked);
      const page = await this.duties.withheld(actor, days, after);
      await reply.view('disclosures-withheld.njk', this.pages.withheld(actor, days, page, reply));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      await reply.status(422).view('disclosures-withheld.njk', this.pages.noDays(actor, asked, error, reply));
    }
  }
}

import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { Invalid } from '../web/errors.js';
import { pageProblems } from '../web/page-problems.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { LINK_KINDS } from './case-link.entity.js';
import { CasesService } from './cases.service.js';
import { DeskPages } from './desk-pages.js';
import { LinkForm } from './link-case.dto.js';

/** Problems that the page has words of its own for. */
const SAID: readonly string[] = ['reference', 'own_reference'];

/** What an agency notes on a case of its own about other cases. */
@Controller('staff/cases/:id')
@StaffOnly()
export class LinksController {
  constructor(
    private readonly cases: CasesService,
    private readonly pages: DeskPages,
  ) {}

  @Get('link')
  async toLink(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.show(actor, id, reply, { values: {} });
  }

  @Post('links')
  async link(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      const { reference, kind } = check(LinkForm, body);
      await this.cases.link(actor, id, reference, kind);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const { t } = requestText(reply);
      const fields = error.fields.map((one) =>
        SAID.includes(one.code) ? { ...one, code: '', message: t(`links.problems.${one.code}`) } : one,
      );
      await this.show(actor, id, reply.status(422), { values: body, problems: pageProblems(fields, t) });
      return;
    }
    await reply.redirect(`/staff/cases/${id}#links`, 303);
  }

  @Post('links/:linkId/remove')
  async unlink(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('linkId') linkId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.cases.unlink(actor, id, linkId);
    await reply.redirect(`/staff/cases/${id}#links`, 303);
  }

  private async show(actor: StaffActor, id: string, reply: FastifyReply, more: object): Promise<void> {
    const page = this.pages.ofCase(actor, await this.cases.read(actor, id), reply);
    await reply.view('case-links.njk', { ...page, kinds: LINK_KINDS, ...more });
  }
}

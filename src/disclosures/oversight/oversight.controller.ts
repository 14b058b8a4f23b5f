import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { OversightPages } from './oversight-pages.js';
import { FiguresQuery } from './oversight.dto.js';
import { OversightService } from './oversight.service.js';

/** The desk of those who oversee how agencies keep to the law on disclosures: figures, and never a case. */
@Controller('staff/oversight')
@StaffOnly()
export class OversightController {
  constructor(
    private readonly oversight: OversightService,
    private readonly pages: OversightPages,
  ) {}

  @Get()
  async counts(
    @SignedIn() actor: StaffActor,
    @Query() { after }: FiguresQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.oversight.counts(actor, 'pda_s13', after);
    await reply.view('oversight.njk', this.pages.counts(actor, 'pda_s13', page, reply));
  }

  @Get('aims')
  async aims(
    @SignedIn() actor: StaffActor,
    @Query() { after }: FiguresQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.oversight.counts(actor, 'our_aim', after);
    await reply.view('oversight.njk', this.pages.counts(actor, 'our_aim', page, reply));
  }

  @Get('referrals')
  async referrals(
    @SignedIn() actor: StaffActor,
    @Query() { after }: FiguresQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const page = await this.oversight.referrals(actor, after);
    await reply.view('oversight-referrals.njk', this.pages.referrals(actor, page, reply));
  }

  @Get('quarters/:quarter/:agencyId')
  async steps(
    @SignedIn() actor: StaffActor,
    @Param('quarter') quarter: string,
    @Param('agencyId') agencyId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.oversight.steps(actor, quarter, agencyId);
    await reply.view('oversight-steps.njk', this.pages.steps(actor, found, reply));
  }
}

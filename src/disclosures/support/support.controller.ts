import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { SupportPages } from './support-pages.js';
import { SupportService } from './support.service.js';

/** How whoever discloses is supported, and a page for each thing that is written about it. */
@Controller('staff/cases/:id/support')
@StaffOnly()
export class SupportController {
  constructor(
    private readonly support: SupportService,
    private readonly pages: SupportPages,
  ) {}

  @Get()
  async list(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('support.njk', this.pages.list(actor, await this.support.read(actor, id), reply));
  }

  @Get(':kind')
  async write(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('kind') kind: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await reply.view('support-write.njk', this.pages.write(actor, await this.support.read(actor, id), kind, reply));
  }
}

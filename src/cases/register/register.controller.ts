import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { FreshSignIn } from '../../staff/fresh-sign-in.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { Invalid } from '../../web/errors.js';
import { lastYear, readDays } from './days.dto.js';
import { RegisterPages } from './register-pages.js';
import { RegisterService } from './register.service.js';

/** What an agency can hand out of its register of complaints when somebody asks for official information. */
@Controller('staff/official-information')
@StaffOnly()
export class RegisterController {
  constructor(
    private readonly register: RegisterService,
    private readonly pages: RegisterPages,
  ) {}

  @Get()
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await reply.view('official-information.njk', this.pages.form(actor, { ...lastYear() }, reply));
  }

  /** A file that is kept elsewhere, so it takes a fresh proof of who it is. */
  @Get('export')
  @FreshSignIn()
  async export(
    @SignedIn() actor: StaffActor,
    @Query() asked: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      const lines = await this.register.export(actor, readDays(asked));
      await reply
        .header('content-type', 'text/csv; charset=utf-8; header=present')
        .header('content-disposition', 'attachment; filename="complaints.csv"')
        .send(Readable.from(lines));
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      await reply.status(422).view('official-information.njk', this.pages.form(actor, asked, reply, error));
    }
  }
}

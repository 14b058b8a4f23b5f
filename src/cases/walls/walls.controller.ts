import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database } from '../../../config/database.js';
import { WALL_REASONS } from '../../staff/case-wall.entity.js';
import { SignedIn } from '../../staff/signed-in.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { StaffOnly } from '../../staff/staff.guard.js';
import { dayInWords } from '../../web/day.js';
import { requestText } from '../../web/views.js';
import { DeskPages } from '../desk-pages.js';
import { readCase } from '../read-case.js';
import { liftWall } from './lift-wall.js';
import { readWalls } from './read-walls.js';
import { recuseFrom, wallOff } from './set-wall.js';
import { RecusalForm, WallForm } from './walls.dto.js';

/** Who is kept out of a case: recusing oneself, keeping a colleague out, and letting them in again. */
@Controller('staff/cases/:id')
@StaffOnly()
export class WallsController {
  constructor(
    private readonly database: Database,
    private readonly pages: DeskPages,
  ) {}

  @Get('walls')
  async page(@SignedIn() actor: StaffActor, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { read, walls } = await this.database.asActor(actor, async (manager) => ({
      read: await readCase(manager, actor, id),
      walls: await readWalls(manager, actor, id),
    }));
    const { lang } = requestText(reply);
    await reply.view('case-walls.njk', {
      ...this.pages.ofCase(actor, read, reply),
      walls: walls.standing.map((wall) => ({ ...wall, setOn: dayInWords(wall.setOn, lang) })),
      colleagues: walls.colleagues,
      reasons: WALL_REASONS,
    });
  }

  /** Leads to the list: the page of the case is not there any more for who asked. */
  @Post('recusal')
  async recuse(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { reason }: RecusalForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.database.asActor(actor, (manager) => recuseFrom(manager, actor, id, reason));
    await reply.redirect('/staff', 303);
  }

  @Post('walls')
  async wall(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Body() { staffId, reason }: WallForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.database.asActor(actor, (manager) => wallOff(manager, actor, id, staffId, reason));
    await reply.redirect(`/staff/cases/${id}/walls`, 303);
  }

  @Post('walls/:wallId/lift')
  async lift(
    @SignedIn() actor: StaffActor,
    @Param('id') id: string,
    @Param('wallId') wallId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.database.asActor(actor, (manager) => liftWall(manager, actor, id, wallId));
    await reply.redirect(`/staff/cases/${id}/walls`, 303);
  }
}

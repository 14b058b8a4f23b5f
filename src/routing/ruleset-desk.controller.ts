import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { staffFrame } from '../agencies/staff-frame.js';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { dayInAuckland } from '../web/day.js';
import { requestText } from '../web/views.js';
import type { Language } from '../web/translations.js';
import type { CorrectionCount } from './corrections.js';
import type { Place } from './replay.js';
import { Routing } from './routing.service.js';
import { RulesetDesk } from './ruleset-desk.js';
import { ApproveForm, ProposeForm } from './ruleset-desk.dto.js';

/** The system lead's pages about the routing rules. */
@Controller('staff/rules')
@StaffOnly()
export class RulesetDeskController {
  constructor(
    private readonly desk: RulesetDesk,
    private readonly routing: Routing,
  ) {}

  @Get()
  async overview(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { lang } = requestText(reply);
    const { register, corrections, unpublished, ...published } = await this.desk.overview(actor);
    await reply.view('staff-rules.njk', {
      ...staffFrame(this.routing.directory, actor, lang),
      ...published,
      register: Object.fromEntries(register),
      unpublished,
      corrections: this.byRule(corrections, lang),
    });
  }

  @Get(':version')
  async look(
    @SignedIn() actor: StaffActor,
    @Param('version') version: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { lang } = requestText(reply);
    const view = await this.desk.look(actor, version);
    const { proposal, scenarios, replayed } = view;
    const words = (place: Place): object => ({
      kind: place.kind,
      name: 'id' in place ? this.routing.directory.nameOf(place.id, lang) : null,
    });
    await reply.view('staff-ruleset.njk', {
      ...staffFrame(this.routing.directory, actor, lang),
      ...view,
      today: dayInAuckland(),
      green: scenarios.wrong.length === 0,
      own: proposal?.proposedBy === actor.staffId,
      stale: proposal !== undefined && (proposal.sha256 !== view.sha256 || proposal.from < dayInAuckland()),
      replayed: {
        ...replayed,
        moves: replayed.moves.map(({ from, to, count }) => ({ from: words(from), to: words(to), count })),
      },
    });
  }

  @Post(':version/propose')
  @FreshSignIn()
  async propose(
    @SignedIn() actor: StaffActor,
    @Param('version') version: string,
    @Body() { from }: ProposeForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.desk.propose(actor, version, from);
    await reply.redirect(`/staff/rules/${version}`, 303);
  }

  @Post(':version/approve')
  @FreshSignIn()
  async approve(
    @SignedIn() actor: StaffActor,
    @Param('version') version: string,
    @Body() seen: ApproveForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.desk.approve(actor, version, seen);
    await reply.redirect('/staff/rules', 303);
  }

  private byRule(corrections: readonly CorrectionCount[], lang: Language): object[] {
    const nameOf = (id: string | null): string | null => id && this.routing.directory.nameOf(id, lang);
    const groups = new Map<string, { ruleset: string; rule: string | null; changes: object[] }>();
    for (const { ruleset, rule, decidedFor, shouldBe, whys, count } of corrections) {
      const key = `${ruleset} ${rule ?? ''}`;
      const group = groups.get(key) ?? { ruleset, rule, changes: [] };
      group.changes.push({ decidedFor: nameOf(decidedFor), shouldBe: nameOf(shouldBe), whys, count });
      groups.set(key, group);
    }
    return [...groups.values()];
  }
}

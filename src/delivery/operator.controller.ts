import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { Directory } from '../agencies/directory.js';
import { staffFrame } from '../agencies/staff-frame.js';
import { append } from '../audit/audit.js';
import { standingAlarm } from '../audit/audit-alarm.js';
import { listDeadLetters, replayDeadLetter } from '../queue/dead-letters.js';
import { pauseQueue, resumeQueue } from '../queue/pauses.js';
import { QueueRunner } from '../queue/queue-runner.js';
import { readStandings } from '../queue/queue-standing.js';
import { FreshSignIn } from '../staff/fresh-sign-in.js';
import { SignedIn } from '../staff/signed-in.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { StaffOnly } from '../staff/staff.guard.js';
import { mayOperate } from '../staff/staff.policy.js';
import { Forbidden } from '../web/errors.js';
import { requestText } from '../web/views.js';
import { deliveryStates } from './delivery-state.js';
import { failureWords, workWords } from './failure-words.js';
import { DeadLetterPlace, DeadLettersQuery, QueuePlace } from './operator.dto.js';
import { webhookState } from './webhook-state.js';

const PAGE = 25;
/** Milliseconds after which a queue that does not answer is shown as away. */
const PATIENCE = 2_000;

/** The pages of the operator's administrator: how work is carried, what was given up, and letting a queue rest. */
@Controller('staff/work')
@StaffOnly()
export class OperatorController {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly directory: Directory,
    private readonly runner: QueueRunner,
  ) {}

  @Get()
  async page(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    const { lang } = requestText(reply);
    const { standings, states, systems } = await this.#operate(actor, async (manager) => {
      await append(manager, { action: 'queue.viewed', actor });
      return {
        standings: await readStandings(manager),
        states: await deliveryStates(manager),
        systems: await webhookState(manager),
      };
    });
    const named = <T extends { readonly agencyId: string }>(state: T) => ({
      ...state,
      name: this.directory.nameOf(state.agencyId, lang),
    });
    const active = await this.#active();
    const queues = standings.map((standing) => {
      const inHand = active?.get(standing.queue) ?? null;
      return { ...standing, active: inHand, waiting: Math.max(0, standing.due - (inHand ?? 0)) };
    });
    await reply.view('work.njk', {
      ...staffFrame(this.directory, actor, lang),
      alarm: await standingAlarm(this.database),
      queues,
      reachable: active !== undefined,
      agencies: states.map(named),
      systems: systems.map(named),
    });
  }

  @Get('dead-letters')
  async deadLetters(
    @SignedIn() actor: StaffActor,
    @Query() { after }: DeadLettersQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#operate(actor, async (manager) => {
      await append(manager, { action: 'queue.viewed', actor, subject: 'dead_letters' });
      return listDeadLetters(manager, { limit: PAGE + 1, ...(after === undefined ? {} : { after }) });
    });
    const { t, lang } = requestText(reply);
    // Without the case: whoever looks after the server must not learn of which one.
    const letters = found.slice(0, PAGE).map(({ id, queue, name, errorCode, day }) => {
      return { id, queue, day, errorCode, work: workWords(name, t), failure: failureWords(errorCode, t) };
    });
    const next = found.length > PAGE ? letters.at(-1)?.id : undefined;
    await reply.view('dead-letters.njk', { ...staffFrame(this.directory, actor, lang), letters, next, after });
  }

  @Post('dead-letters/:id/replay')
  async replay(
    @SignedIn() actor: StaffActor,
    @Param() { id }: DeadLetterPlace,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#operate(actor, async (manager) => {
      await replayDeadLetter(manager, id);
      // The day alone: the letter may be about a disclosure.
      await append(manager, { action: 'queue.replayed', actor, subject: id, dayOnly: true });
    });
    void reply.redirect('/staff/work/dead-letters', 303);
  }

  /** Says that people know, so that the alarm can sound anew; the log stays as it is. */
  @Post('audit-alarm/acknowledge')
  @FreshSignIn()
  async acknowledge(@SignedIn() actor: StaffActor, @Res() reply: FastifyReply): Promise<void> {
    await this.#operate(actor, async (manager) => {
      const alarm = await standingAlarm(this.database);
      await append(manager, { action: 'audit.alarm_cleared', actor, ...(alarm ? { subject: alarm.id } : {}) });
    });
    void reply.redirect('/staff/work', 303);
  }

  @Post(':queue/pause')
  async pause(
    @SignedIn() actor: StaffActor,
    @Param() { queue }: QueuePlace,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#operate(actor, (manager) => pauseQueue(manager, actor, queue));
    void reply.redirect('/staff/work', 303);
  }

  @Post(':queue/resume')
  async resume(
    @SignedIn() actor: StaffActor,
    @Param() { queue }: QueuePlace,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#operate(actor, (manager) => resumeQueue(manager, actor, queue));
    void reply.redirect('/staff/work', 303);
  }

  #operate<T>(actor: StaffActor, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!mayOperate(actor, this.settings.TRIAGE_AGENCY)) throw new Forbidden();
    return this.database.asActor(actor, work);
  }

  /** Jobs in hand, per queue; undefined where the queue cannot be reached, without which the page still serves. */
  async #active(): Promise<ReadonlyMap<string, number> | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, PATIENCE, undefined);
    });
    const counts = this.runner.counts().catch(() => undefined);
    const found = await Promise.race([counts, late]);
    clearTimeout(timer);
    return found && new Map([...found].map(([name, { active }]) => [name, active]));
  }
}

import { monthsAfter } from '../../clocks/months.js';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database, type Actor } from '../../../config/database.js';
import { ServiceKeys } from '../../../config/service-keys.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import { Rounds, tellingOnce } from '../../queue/rounds.js';
import type { SystemActor } from '../../staff/staff-actor.js';
import { dayInAuckland } from '../../web/day.js';
import { Log } from '../../web/log.js';
import { monthOf } from '../cubes/months.js';
import { FigureKeys } from '../cubes/figure-keys.js';
import { countPending, type CountingWorld } from './count-cases.js';
import { cellsOf } from './cells-of-facts.js';
import { factsOf } from './facts-of-cases.js';
import { beginRebuild, rebuildPage, type RebuildProgress } from './rebuild.js';
import { recount, recountFacts, type RecountFound } from './recount.js';
import { storeWorkingDayNumbers, workingDayNumbers } from './working-day-numbers.js';

const FIGURES: Actor = { kind: 'system', name: 'figures' };
/* Who counts may not write into the log. */
const ALARM: SystemActor = { kind: 'system', name: 'figures_alarm' };

/** Any number; whoever holds this advisory lock of the database in a transaction counts until its end. */
export const COUNTING_LOCK = 7_263_118_212;

/** Milliseconds between two looks for what is to be counted. */
const INTERVAL = 5_000;

/** About how many events are counted in one transaction. */
const BATCH = 10_000;

/** Hour of the night in Pacific/Auckland from which on a day's second count is due. */
const RECOUNT_HOUR = 4;

interface State {
  readonly version: string;
  /** YYYY-MM-DD */
  readonly recountedOn: string | null;
}

/**
 * Counts complaints for the figures, a few seconds behind what happens to them. Any number of processes may run one: a lock of
 * the database lets one work at a time, and what one leaves half done at its end was never there for the others.
 */
@Injectable()
export class Counter implements BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    INTERVAL,
    tellingOnce(
      () => this.runOnce(),
      (error) => {
        this.log.failure('figures.failed', error);
      },
    ),
  );
  private readonly world: CountingWorld;
  /** Changes with what is counted, with how, and with the key of records. */
  readonly version: string;
  private first = true;
  private told = false;

  constructor(
    private readonly database: Database,
    keys: ServiceKeys,
    settings: Settings,
    private readonly log: Log,
  ) {
    this.world = { keys: new FigureKeys(keys.serverSecret), triageAgency: settings.TRIAGE_AGENCY };
    this.version = createHash('sha256')
      .update(
        [
          factsOf('changed w'),
          cellsOf('figure_facts'),
          JSON.stringify(workingDayNumbers()),
          this.world.keys.fingerprint,
          settings.TRIAGE_AGENCY,
        ].join('\n'),
      )
      .digest('base64url');
  }

  /**
   * Counts all that waits; at its first turn everything anew, where the menu of cubes or the key is another one than
   * before; and once a day the newest months a second time.
   *
   * @param now the moment that is today
   * @returns how many events were counted; none where a server of another version counts by now
   */
  async runOnce(now = new Date()): Promise<number> {
    const state = await this.counting((_, found) => Promise.resolve(found));
    if (state.version !== this.version) {
      // Later it is the newer version that begins anew, and the older one that leaves it alone.
      if (!this.first) {
        if (!this.told) this.log.event('figures.other_version', {}, 'warn');
        this.told = true;
        return 0;
      }
      await this.beginAnew();
    }
    this.first = false;
    while (!this.rounds.ending && (await this.rebuildPage()));
    let counted = 0;
    for (let batch = BATCH; batch >= BATCH && !this.rounds.ending; counted += batch) {
      batch = await this.counting((manager, { version }) =>
        version === this.version ? countPending(manager, this.world, BATCH) : Promise.resolve(0),
      );
    }
    if (isDue(state.recountedOn, now) && !this.rounds.ending) await this.recountOnce(now);
    return counted;
  }

  /**
   * Counts everything anew, from nothing.
   *
   * @param tell is told how far it is, after each page
   */
  async rebuild(tell: (progress: RebuildProgress) => void = () => undefined): Promise<void> {
    await this.beginAnew();
    for (let at = await this.rebuildPage(); at; at = await this.rebuildPage()) tell(at);
  }

  /**
   * Counts the newest two months a second time, and sounds the alarm where they come to something else: a line in the log of
   * errors, an entry in the audit log, a figure for whoever watches the server, and a word on every page of figures until a
   * count finds them right again.
   *
   * @param now the moment that is today
   */
  async recountOnce(now = new Date()): Promise<RecountFound> {
    const today = dayInAuckland(now);
    const since = monthsAfter(monthOf(today), -1);
    // Of figures that are only half counted nothing can be said.
    const found = (await this.ifWhole((manager) => recount(manager, this.world, since))) ?? { facts: 0, cells: 0 };
    const isNews = await this.keepFound(found, today);
    if (isNews && found.facts + found.cells > 0) await this.soundAlarm(found);
    return found;
  }

  /**
   * Counts the complaints that came or ended in some days a second time, before something is drawn from them that is never
   * drawn again. Where they come to something else there is a line in the log of errors and an entry in the audit log.
   *
   * @param first the first of those days, YYYY-MM-DD
   * @param last the last of them
   * @returns how many complaints stand otherwise than they count; null where not all is counted, or by another version
   */
  async recountFacts(first: string, last: string): Promise<number | null> {
    const facts = await this.ifWhole((manager) => recountFacts(manager, this.world, first, last));
    if (facts !== null && facts > 0) await this.soundAlarm({ facts, cells: 0 });
    return facts;
  }

  /** Begins to look for what is to be counted. */
  start(): void {
    this.rounds.start();
  }

  /** Ends after the batch at hand. Safe to repeat. */
  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private async beginAnew(): Promise<void> {
    await this.counting(async (manager) => {
      await storeWorkingDayNumbers(manager);
      await beginRebuild(manager, this.world, this.version);
    });
  }

  /** Runs `work` as of one moment; null where not all is counted, and by this version. */
  private ifWhole<T>(work: (manager: EntityManager) => Promise<T>): Promise<T | null> {
    const read = async (manager: EntityManager): Promise<T | null> => {
      const whole = await manager.query<unknown[]>(
        'SELECT FROM figure_states WHERE version = $1 AND rebuilding_after IS NULL',
        [this.version],
      );
      return whole.length > 0 ? work(manager) : null;
    };
    return this.database.asActor(FIGURES, read, { oneMoment: true });
  }

  /** @returns whether no other server has found the same today, and sounded the alarm */
  private async keepFound({ facts, cells }: RecountFound, today: string): Promise<boolean> {
    const [changed] = await this.database.asActor(FIGURES, (manager) =>
      manager.query<[unknown[], number]>(
        `UPDATE figure_states SET differences = $1, recounted_on = $2
          WHERE version = $3 AND rebuilding_after IS NULL AND (differences, recounted_on) IS DISTINCT FROM ($1, $2::date)
          RETURNING id`,
        [facts + cells, today, this.version],
      ),
    );
    return changed.length > 0;
  }

  private async soundAlarm({ facts, cells }: RecountFound): Promise<void> {
    this.log.event('figures.differ', { facts, cells }, 'error');
    const subject = `facts.${facts.toString()}.cells.${cells.toString()}`;
    await this.database.asActor(ALARM, (manager) =>
      append(manager, { action: 'figures.differ', actor: ALARM, subject }),
    );
  }

  private rebuildPage(): Promise<RebuildProgress | null> {
    return this.counting((manager, { version }) =>
      version === this.version ? rebuildPage(manager, this.world) : Promise.resolve(null),
    );
  }

  /** Runs `work` in a transaction beside which nobody else counts. */
  private counting<T>(work: (manager: EntityManager, state: State) => Promise<T>): Promise<T> {
    return this.database.asActor(FIGURES, async (manager) => {
      // To forget millions of figures takes longer than anybody who waits for a page would, and so may waiting for that.
      await manager.query(`SELECT set_config('statement_timeout', '10min', true)`);
      await manager.query('SELECT pg_advisory_xact_lock($1)', [COUNTING_LOCK]);
      const [state = { version: '', recountedOn: null }] = await manager.query<State[]>(
        `SELECT version, to_char(recounted_on, 'YYYY-MM-DD') AS "recountedOn" FROM figure_states`,
      );
      return work(manager, state);
    });
  }
}

/** In the night; where nothing was ever counted a second time, at once. */
function isDue(recountedOn: string | null, now: Date): boolean {
  if (recountedOn === null) return true;
  return recountedOn < dayInAuckland(new Date(now.getTime() - RECOUNT_HOUR * 3_600_000));
}

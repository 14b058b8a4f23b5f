import { Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { TooMany } from '../web/errors.js';
import { StaffSecrets } from './staff-secrets.js';

/** Wrong tries before anybody has to wait: people mistype. */
export const FREE_TRIES = 5;
/** Seconds to wait at most. A day has room for some hundred guesses then, at a passphrase and a code that changes. */
export const LONGEST_WAIT = 15 * 60;
/** Seconds after which what went wrong is forgotten, counted from when the next try was free. */
const KEPT = 24 * 60 * 60;
/** Most counters there are, but for what comes between two clearings. */
export const MOST_COUNTERS = 100_000;
/** After so many new counters of one server those over the most are cleared away. */
export const CLEAR_EVERY = 256;
/* Far over where the wait grows no more. */
const MOST_WRONG = 1_000;

const SYSTEM = { kind: 'system', name: 'sign-in' } as const;

/* One statement, which waits for the row: of tries at the same moment each sees the one before, by the clock of this moment. */
const TAKE = `
  INSERT INTO slowed_tries AS t (id, wrong, free_at, expires_at)
  VALUES ($1, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => $4))
  ON CONFLICT (id) DO UPDATE SET (wrong, free_at, expires_at) = (
    SELECT n, clock_timestamp() + wait, clock_timestamp() + wait + make_interval(secs => $4)
      FROM (SELECT CASE WHEN t.expires_at <= clock_timestamp() THEN 1 ELSE least(t.wrong + 1, ${MOST_WRONG.toString()}) END AS n) counted,
           make_interval(secs => CASE WHEN n < $2 THEN 0 ELSE least($3, power(2, n - $2)) END) wait)
   WHERE t.free_at <= clock_timestamp()
  RETURNING wrong`;

const WAIT = `SELECT extract(epoch FROM free_at - clock_timestamp())::float8 AS seconds FROM slowed_tries WHERE id = $1`;

/* Those with the fewest wrong tries first: whoever makes up names to push a counter out has to try as often at each. */
const CLEAR = `
  DELETE FROM slowed_tries WHERE id IN (
    SELECT id FROM slowed_tries ORDER BY wrong, expires_at
     LIMIT greatest(0, (SELECT count(*) FROM slowed_tries) - $1) FOR UPDATE SKIP LOCKED)`;

/**
 * Slows guessing at one account down: each wrong try doubles the wait for the next. In PostgreSQL, so that it holds for all
 * servers together and after a restart. Addresses are not here: those are slowed in memory only (`web/throttle`).
 */
@Injectable()
export class SlowDown {
  private begun = 0;

  constructor(
    private readonly database: Database,
    private readonly secrets: StaffSecrets,
  ) {}

  /**
   * Counts one try as a wrong one, before anything of it is looked at, so that it counts whatever happens then. Whoever
   * comes too early is not counted: it is not theirs to make the wait longer.
   *
   * @param counter what is tried, and by whom: an account by strangers, or by a browser that is known there
   * @throws {TooMany} with the seconds to wait
   */
  async take(counter: string): Promise<void> {
    const id = this.idOf(counter);
    const wait = await this.database.asActor(SYSTEM, async (manager) => {
      const [taken] = await manager.query<{ wrong: number }[]>(TAKE, [id, FREE_TRIES, LONGEST_WAIT, KEPT]);
      if (taken?.wrong === 1) await this.clear(manager);
      if (taken) return null;
      const [row] = await manager.query<{ seconds: number }[]>(WAIT, [id]);
      return row?.seconds ?? 0;
    });
    if (wait !== null) throw new TooMany(Math.max(1, Math.ceil(wait)));
  }

  /** Forgets what went wrong, once a try was right. */
  async forget(counter: string): Promise<void> {
    await this.database.asActor(SYSTEM, (manager) =>
      manager.query('DELETE FROM slowed_tries WHERE id = $1', [this.idOf(counter)]),
    );
  }

  private async clear(manager: EntityManager): Promise<void> {
    if (++this.begun % CLEAR_EVERY === 0) await manager.query(CLEAR, [MOST_COUNTERS]);
  }

  private idOf(counter: string): Buffer {
    return createHmac('sha256', this.secrets.tries).update(counter).digest();
  }
}

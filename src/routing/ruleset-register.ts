import type { BeforeApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Database } from '../../config/database.js';
import { dayInAuckland } from '../web/day.js';
import type { HealthChecks } from '../web/health-checks.js';
import type { Log } from '../web/log.js';
import type { Publication } from './in-force.js';
import type { Routing } from './routing.service.js';
import { refuseChanged } from './ruleset-files.js';

/** Milliseconds after which an approval made in another process counts in this one too. */
const LOOK_AGAIN = 15_000;
const READER = { kind: 'system', name: 'rules' } as const;

interface Approved extends Publication {
  readonly sha256: string;
}

/**
 * Keeps `Routing` to what two people have published: reads the register when it begins and every few seconds. Where it
 * cannot be read, what was last known goes on.
 */
export class RulesetRegister implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  /** One read after the other: an older answer must not come last. */
  #reading: Promise<void> = Promise.resolve();
  #loop: Promise<void> | undefined;
  #unusable = '';

  private constructor(
    private readonly database: Database,
    private readonly routing: Routing,
    private readonly log: Log,
  ) {}

  /**
   * Reads the register for the first time and goes on reading it.
   *
   * @throws DataError naming the file of a published ruleset that is missing or was changed
   */
  static async open(database: Database, routing: Routing, log: Log, checks: HealthChecks): Promise<RulesetRegister> {
    const register = new RulesetRegister(database, routing, log);
    const approved = await register.#read();
    for (const { version, sha256 } of approved) {
      refuseChanged(routing.files.get(version), version, sha256, routing.folder);
    }
    routing.follow(approved);
    register.#loop = register.#repeat();
    checks.add('rules', () => register.#check());
    return register;
  }

  /** Reads the register now. What fails is logged and leaves what was known. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      try {
        this.#follow(await this.#read());
      } catch (error) {
        this.log.failure('rules.register_unread', error);
      }
    });
    return this.#reading;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#reading;
  }

  /**
   * A ruleset that was published from a newer copy of the server may have no file here. This one then decides on by what it
   * has, under the name of what it has, and says that it should be given no more work.
   */
  #follow(approved: readonly Approved[]): void {
    const usable = approved.filter(({ version, sha256 }) => this.routing.files.get(version)?.sha256 === sha256);
    const today = dayInAuckland();
    const missing = approved.find((each) => each.from <= today && !usable.includes(each))?.version ?? '';
    if (missing !== '' && missing !== this.#unusable) {
      this.log.failure('rules.file_missing', new Error(), { ruleset: missing });
    }
    this.#unusable = missing;
    this.routing.follow(usable);
  }

  #check(): Promise<void> {
    return this.#unusable === ''
      ? Promise.resolve()
      : Promise.reject(new Error('a published ruleset has no file here'));
  }

  #read(): Promise<Approved[]> {
    return this.database.asActor(READER, readApproved);
  }

  async #repeat(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const due = await sleep(LOOK_AGAIN, true, { signal, ref: false }).catch(() => false);
      if (due) await this.refresh();
    }
  }
}

/** What was approved here, in the order of approval. */
async function readApproved(manager: EntityManager): Promise<Approved[]> {
  return manager.query<Approved[]>(
    `SELECT version, to_char(from_on, 'YYYY-MM-DD') AS "from", sha256
       FROM ruleset_publications WHERE approved_by IS NOT NULL ORDER BY approved_at, version`,
  );
}

import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type Actor } from '../../../config/database.js';
import { ServiceKeys } from '../../../config/service-keys.js';
import { Rounds, tellingOnce } from '../../queue/rounds.js';
import { entryText, holderOf, lodgedText, type LogEntry } from '../../vault/key-log.js';
import { verifyHead } from '../../vault/key-heads.js';
import { VaultError } from '../../vault/suite.js';
import { dayInAuckland } from '../../web/day.js';
import { Log } from '../../web/log.js';
import { unloggedChanges, unloggedDays, type UnloggedChange } from './keys-in-tables.js';
import { OwnWitnesses } from './own-witnesses.js';
import { signHead } from './sign-head.js';
import { logAt, newestHead, storedEntries, treeOf, written, type StoredHead } from './stored-log.js';

export const KEEPER: Actor = { kind: 'system', name: 'key_log' };

/** Any number; whoever holds this advisory lock of the database in a transaction keeps the log until its end. */
const KEEPER_LOCK = 7_263_118_203;

/** Milliseconds between two looks for keys, and after which a head is signed again though nothing has changed. */
const INTERVAL = 5_000;
const HEAD_INTERVAL = 6 * 3_600_000;

/** An entry, and what it is found by. */
interface Line {
  readonly entry: string;
  readonly agency: string | null;
  readonly use: string | null;
  readonly kid: string | null;
  readonly act: LogEntry['act'];
}

/** The stored log contradicts its own signed head: nothing may be built on it. */
class KeyLogBroken extends Error {
  override readonly name = 'KeyLogBroken';
}

/**
 * Keeps the log of keys: writes down what the tables have and the log has not, keys and closed days, and signs heads. One works at a time, just
 * after the commit that brought a key and never inside it.
 */
@Injectable()
export class KeyLogKeeper implements BeforeApplicationShutdown {
  private readonly rounds = new Rounds(
    INTERVAL,
    tellingOnce(
      () => this.runOnce(),
      (error) => {
        this.sound(error);
      },
    ),
  );

  constructor(
    private readonly database: Database,
    private readonly keys: ServiceKeys,
    private readonly witnesses: OwnWitnesses,
    private readonly log: Log,
  ) {}

  /**
   * Brings the log up to date and, where nobody outside watches it, has our own witnesses sign.
   *
   * @returns how many entries were added
   * @throws {KeyLogBroken} when what is stored is not what was signed
   */
  async runOnce(now: Date = new Date()): Promise<number> {
    const added = await this.database.asActor(KEEPER, async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [KEEPER_LOCK]);
      return this.bringUpToDate(manager, now);
    });
    await this.witnesses.cosignNewest();
    return added;
  }

  /** The same for whoever has just changed a key: what fails here is tried again by the worker, and is no failure of theirs. */
  async catchUp(): Promise<void> {
    try {
      await this.runOnce();
    } catch (error) {
      this.sound(error);
    }
  }

  /** Begins to look for keys every few seconds. */
  start(): void {
    this.rounds.start();
  }

  /** Ends after the turn at hand. */
  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private sound(error: unknown): void {
    if (error instanceof KeyLogBroken) this.log.event('key_log.broken', {}, 'error');
    else this.log.failure('key_log.failed', error);
  }

  private async bringUpToDate(manager: EntityManager, now: Date): Promise<number> {
    const last = await newestHead(manager);
    let added = 0;
    // What came and went since the last look is added at the first turn and retired at the second.
    for (let changes = await unloggedChanges(manager); changes.length > 0; changes = await unloggedChanges(manager)) {
      await this.append(manager, changes, dayInAuckland(now));
      added += changes.length;
    }
    const days = await unloggedDays(manager);
    if (days.length > 0) {
      await this.write(
        manager,
        days.map((day) => ({ entry: lodgedText(day), agency: null, use: null, kid: null, act: 'lodged' })),
      );
      added += days.length;
    }
    const age = last ? now.getTime() - last.signedAt.getTime() : HEAD_INTERVAL;
    // A head of the future, from a machine whose clock was wrong, must not hold back the next.
    if (added > 0 || age < 0 || age >= HEAD_INTERVAL) await this.sign(manager, last, now);
    return added;
  }

  private async append(manager: EntityManager, changes: readonly UnloggedChange[], on: string): Promise<void> {
    const lines = await Promise.all(
      changes.map(async ({ staffId, ...change }) => {
        const holder = staffId === null ? null : await holderOf(staffId);
        return { ...change, entry: entryText({ ...change, holder, on }) };
      }),
    );
    await this.write(manager, lines);
  }

  private async write(manager: EntityManager, lines: readonly Line[]): Promise<void> {
    await manager.query(
      `INSERT INTO key_log_entries (position, entry, agency_id, use, kid, act)
       SELECT (SELECT coalesce(max(position) + 1, 0) FROM key_log_entries) + new.at - 1,
              new.entry, new.agency_id, new.use, new.kid, new.act
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
              WITH ORDINALITY AS new (entry, agency_id, use, kid, act, at)`,
      [
        lines.map(({ entry }) => entry),
        lines.map(({ agency }) => agency),
        lines.map(({ use }) => use),
        lines.map(({ kid }) => kid),
        lines.map(({ act }) => act),
      ],
    );
  }

  private async sign(manager: EntityManager, last: StoredHead | null, now: Date): Promise<void> {
    const entries = await storedEntries(manager, 0, Number.MAX_SAFE_INTEGER);
    const { tree, standingTree } = await logAt(entries).catch((error: unknown) => {
      throw error instanceof VaultError ? new KeyLogBroken() : error;
    });
    if (last) await this.requireContinued(last, entries);
    // Two heads of one second would be told apart by nothing that they say.
    const at = Math.max(Math.floor(now.getTime() / 1000), last ? Math.floor(last.signedAt.getTime() / 1000) + 1 : 0);
    const signedAt = new Date(at * 1000);
    const head = await signHead(
      {
        size: tree.size,
        root: written(tree.root),
        agencies: standingTree.size,
        standing: written(standingTree.root),
        at: signedAt.toISOString().replace('.000Z', 'Z'),
      },
      this.keys.keyLog,
    );
    await manager.query('INSERT INTO key_log_heads (number, size, head, signed_at) VALUES ($1, $2, $3, $4)', [
      (last?.number ?? 0) + 1,
      tree.size,
      head,
      signedAt,
    ]);
  }

  /** Never signs over a past that is not the one signed before. */
  private async requireContinued(last: StoredHead, entries: readonly string[]): Promise<void> {
    const { log } = this.witnesses.pins;
    const head = await verifyHead(last.head, log).catch(() => null);
    const before = treeOf(entries.slice(0, head?.size ?? 0));
    if (head?.size !== before.size || head.root !== written(before.root)) throw new KeyLogBroken();
  }
}

import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Database, type Actor } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { Rounds } from '../queue/rounds.js';
import { dayInAuckland } from '../web/day.js';
import { Log } from '../web/log.js';
import { soundAlarm } from './audit-alarm.js';
import { signHead } from './audit-head.js';
import { entryLeafHash, RECORDED_ENTRY, type RecordedEntry } from './audit-leaf.js';
import { AuditBroken, currentTree } from './audit-tree.js';
import { closeDay, dayToClose, fillNight } from './close-day.js';
import type { CompactRange } from './compact-range.js';
import type { Hash } from './merkle.js';
import type { TreeNode } from './stored-paths.js';

const SEQUENCER: Actor = { kind: 'system', name: 'audit_sequencer' };

/** Any number; whoever holds this advisory lock of the database in a transaction is the sequencer until its end. */
const SEQUENCER_LOCK = 7_263_118_202;

/** Most entries chained in one transaction. */
const BATCH = 1_000;

/** Milliseconds between two looks for new entries, and between two signed heads. */
const INTERVAL = 2_000;
const HEAD_INTERVAL = 60_000;

/**
 * Milliseconds after midnight at which a day's batch begins. A transaction that recorded its day just before midnight has
 * long ended by then, so that it cannot enter the tree alone, behind the shuffled ones.
 */
const NIGHT_BEGINS = 2 * 3_600_000;

interface Due {
  readonly select: string;
  readonly parameters: readonly unknown[];
  readonly order: (entries: readonly RecordedEntry[]) => RecordedEntry[];
}

const PENDING = `SELECT ${RECORDED_ENTRY} FROM audit_pending p JOIN audit_entries e ON e.id = p.entry_id`;

const AT_ONCE: Due = {
  select: `${PENDING} WHERE p.night_of IS NULL LIMIT ${BATCH.toString()}`,
  parameters: [],
  order: byTime,
};

/* Selected by id, which is random, so that which of them share a transaction says nothing about when they came. */
const nightly = (before: string): Due => ({
  select: `${PENDING} WHERE p.night_of < $1 ORDER BY p.entry_id LIMIT ${BATCH.toString()}`,
  parameters: [before],
  order: shuffled,
});

const CHAIN = `
  WITH chained AS (DELETE FROM audit_pending WHERE entry_id = ANY($2::uuid[]) RETURNING entry_id)
  INSERT INTO audit_leaves (position, entry_id, leaf_hash)
  SELECT leaf.position, entry_id, leaf.hash
  FROM unnest($1::bigint[], $2::uuid[], $3::bytea[]) AS leaf (position, entry_id, hash) JOIN chained USING (entry_id)
  RETURNING position`;

const STORE_NODES = `
  INSERT INTO audit_nodes (level, place, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])`;

/**
 * Takes recorded entries into the hash tree and signs its heads. Any number of processes may run one: an advisory lock
 * lets one work at a time, and what one leaves half done at its end was never there for the others.
 */
@Injectable()
export class Sequencer implements BeforeApplicationShutdown {
  private tree: CompactRange | undefined;
  private readonly rounds = new Rounds(INTERVAL, () => this.attempt(() => this.turn()));
  private failure: string | undefined;
  /** All days before this one are closed. */
  private closed: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly keys: ServiceKeys,
    private readonly log: Log,
  ) {}

  /**
   * Chains everything that is due, then signs a head: at most one a minute, but always one after a nightly batch.
   *
   * @param now the moment by which to judge what is due; entries with only a day are due two hours after its end
   * @returns how many entries were chained, and the size of the last signed head (0 where another process is at work)
   * @throws {AuditBroken} when the stored tree cannot be continued
   */
  async runOnce(now: Date = new Date()): Promise<{ chained: number; headSize: number }> {
    const atOnce = await this.chainAll(AT_ONCE);
    const overnight = await this.chainAll(nightly(nightBefore(now)));
    const headSize = await this.signHeadIfDue(now, overnight > 0);
    return { chained: atOnce + overnight, headSize };
  }

  /**
   * One turn of the loop: as {@link runOnce}, and where the night after a day has begun, that day is closed: its filler
   * enters the tree with everything else of the day, and the day gets its own signed head. One day a turn.
   */
  async turn(now: Date = new Date()): Promise<void> {
    const before = nightBefore(now);
    const day = this.closed === before ? undefined : await this.alone((manager) => dayToClose(manager, before));
    if (day) await this.alone((manager) => fillNight(manager, day));
    await this.runOnce(now);
    if (day) await this.alone((manager) => closeDay(manager, day, this.keys.heads));
    // Null: nothing is left to close until the next night.
    if (day === null) this.closed = before;
  }

  /** Begins to look for new entries every two seconds. */
  start(): void {
    this.rounds.start();
  }

  /** Ends after the batch at hand and signs a last head. Does nothing where nothing was started. */
  async stop(): Promise<void> {
    if (await this.rounds.stop()) await this.attempt(() => this.signHeadIfDue(new Date(), true));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.failure = undefined;
    } catch (error) {
      // Once, and not at every turn.
      const code = error instanceof AuditBroken ? error.message : 'failed';
      if (code !== this.failure) await this.sound(error);
      this.failure = code;
    }
  }

  /** A broken log is told from one that cannot be written at the moment. */
  private async sound(error: unknown): Promise<void> {
    if (!(error instanceof AuditBroken)) this.log.failure('audit.failed', error);
    else
      await soundAlarm(this.database, this.log, error.message).catch((failed: unknown) => {
        this.log.failure('audit.alarm_failed', failed);
      });
  }

  private async chainAll(due: Due): Promise<number> {
    for (let chained = 0; ;) {
      const batch = await this.chainBatch(due);
      chained += batch;
      if (batch < BATCH || this.rounds.ending) return chained;
    }
  }

  private async chainBatch(due: Due): Promise<number> {
    const done = await this.alone(async (manager) => {
      const entries = due.order(await manager.query<RecordedEntry[]>(due.select, [...due.parameters]));
      if (entries.length === 0) return { count: 0, tree: this.tree };
      const tree = await currentTree(manager, this.tree, this.keys.heads.publicJwk);
      const hashes = entries.map(entryLeafHash);
      const nodes: (TreeNode & { readonly hash: Hash })[] = [];
      const grown = tree.append(hashes, (node, hash) => nodes.push({ ...node, hash }));
      const chained = await manager.query<unknown[]>(CHAIN, [
        hashes.map((_, i) => tree.size + i),
        entries.map((entry) => entry.id),
        hashes.map((hash) => Buffer.from(hash)),
      ]);
      if (chained.length !== entries.length) throw new AuditBroken('audit_pending_changed');
      await manager.query(STORE_NODES, [
        nodes.map(({ level }) => level),
        nodes.map(({ index }) => index),
        nodes.map(({ hash }) => Buffer.from(hash)),
      ]);
      return { count: entries.length, tree: grown };
    });
    if (!done) return 0;
    // Only now, after the commit, is this what is stored.
    this.tree = done.tree;
    return done.count;
  }

  private async signHeadIfDue(now: Date, always: boolean): Promise<number> {
    const size = await this.alone(async (manager) => {
      const [last] = await manager.query<{ size: string; signed_at: Date }[]>(
        'SELECT size, signed_at FROM audit_heads ORDER BY size DESC LIMIT 1',
      );
      const tree = await currentTree(manager, this.tree, this.keys.heads.publicJwk);
      const signed = last ? Number(last.size) : 0;
      const age = last ? now.getTime() - last.signed_at.getTime() : HEAD_INTERVAL;
      // A head of the future, from a machine whose clock was wrong, must not hold back the next.
      if (tree.size === signed || (!always && age >= 0 && age < HEAD_INTERVAL)) return signed;
      const root = tree.root();
      const signature = await signHead({ size: tree.size, root, on: dayInAuckland(now) }, this.keys.heads);
      await manager.query(
        'INSERT INTO audit_heads (size, root, edge, signed_at, signature) VALUES ($1, $2, $3, $4, $5)',
        [tree.size, Buffer.from(root), Buffer.from(tree.toBytes()), now.toISOString(), signature],
      );
      return tree.size;
    });
    return size ?? 0;
  }

  /** Runs `work` in a transaction of its own as the only sequencer; undefined where another one is at work. */
  private async alone<T>(work: (manager: EntityManager) => Promise<T>): Promise<T | undefined> {
    return this.database.asActor(SEQUENCER, async (manager) => {
      const [lock] = await manager.query<{ held: boolean }[]>('SELECT pg_try_advisory_xact_lock($1) AS held', [
        SEQUENCER_LOCK,
      ]);
      return lock?.held === true ? work(manager) : undefined;
    });
  }
}

/** The day of which nothing may be chained yet, and before which everything may. */
function nightBefore(now: Date): string {
  return dayInAuckland(new Date(now.getTime() - NIGHT_BEGINS));
}

function byTime(entries: readonly RecordedEntry[]): RecordedEntry[] {
  const time = (entry: RecordedEntry): string => entry.happened_at ?? '';
  return entries.toSorted((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

/** Fisher–Yates with a CSPRNG: an order that could be predicted could be taken back. */
function shuffled(entries: readonly RecordedEntry[]): RecordedEntry[] {
  const order = [...entries];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = randomInt(i + 1);
    const [a, b] = [order[i], order[j]];
    if (a && b) [order[i], order[j]] = [b, a];
  }
  return order;
}

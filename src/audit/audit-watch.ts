import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { JWK } from 'jose';
import type { EntityManager } from 'typeorm';
import { Database, type Actor } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { Rounds } from '../queue/rounds.js';
import { dayInAuckland } from '../web/day.js';
import { Log } from '../web/log.js';
import { append } from './audit.js';
import { soundAlarm } from './audit-alarm.js';
import { headReader } from './audit-head.js';
import { verifyAudit } from './audit-report.js';
import { storedAudit } from './audit-source.js';
import { AuditBroken } from './audit-tree.js';
import { CompactRange } from './compact-range.js';
import { same } from './merkle.js';
import { storedNodes } from './stored-nodes.js';
import { storedEdge } from './stored-paths.js';

const WATCH: Actor = { kind: 'system', name: 'audit_watch' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/* Both by the index on actions; where nothing was ever checked, from the first signed head on. */
const LAST = `
  SELECT (SELECT max(happened_at) FROM audit_entries WHERE action IN ('audit.checked', 'audit.checked_whole') AND happened_at IS NOT NULL) AS checked,
         (SELECT max(happened_at) FROM audit_entries WHERE action = 'audit.checked_whole' AND happened_at IS NOT NULL) AS whole,
         (SELECT signed_at FROM audit_heads ORDER BY size LIMIT 1) AS first,
         (SELECT subject FROM audit_entries WHERE action IN ('audit.checked', 'audit.checked_whole') AND happened_at IS NOT NULL
           ORDER BY happened_at DESC LIMIT 1) AS verified`;

/** What is wrong and where, as codes: a fault, or by which code the tree cannot be read. */
interface Finding {
  readonly kind: string;
  readonly subject: string;
}

interface Before {
  /** Of the signed head up to which everything was found good, in digits. */
  readonly size: string;
  /** Day of the last look at everything, YYYY-MM-DD. */
  readonly wholeOn: string;
}

interface Last {
  readonly checked: Date | null;
  readonly whole: Date | null;
  readonly first: Date | null;
  /** Size of the signed head up to which everything was found good, in digits. */
  readonly verified: string | null;
}

/**
 * Verifies the log by itself: once a day what is new since the last time, and whether an entry dated since the last look at
 * everything lies outside the tree; once a week all of it, whatever its date. What it finds sounds the alarm. That it looked, and how far, is an entry too. Any number of processes may run one; at worst two look at once.
 */
@Injectable()
export class AuditWatch implements BeforeApplicationShutdown {
  private readonly rounds = new Rounds(HOUR, () => this.attempt());

  constructor(
    private readonly database: Database,
    private readonly keys: ServiceKeys,
    private readonly log: Log,
  ) {}

  /**
   * Looks, if it is time.
   *
   * @param now the moment by which to judge that
   * @returns what is wrong; undefined where it was not time
   */
  async runOnce(now: Date = new Date()): Promise<readonly Finding[] | undefined> {
    const last = await this.reading((manager) => this.last(manager));
    // A look of the future, from a machine whose clock was wrong, must not hold back the next.
    const within = (time: number, then: Date): boolean =>
      now.getTime() >= then.getTime() && now.getTime() - then.getTime() < time;
    if (within(DAY, last.checked ?? last.first ?? now)) return undefined;
    const { whole, verified } = last;
    return this.check(
      whole !== null && verified !== null && within(WEEK, whole)
        ? // It is dated when it had looked, and may have begun the day before.
          { size: verified, wholeOn: dayInAuckland(new Date(whole.getTime() - DAY)) }
        : null,
    );
  }

  /** Begins to look every hour whether it is time. */
  start(): void {
    this.rounds.start();
  }

  /** Ends after the look in hand. Safe to repeat. */
  async stop(): Promise<void> {
    await this.rounds.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private async attempt(): Promise<void> {
    await this.runOnce().catch((error: unknown) => {
      this.log.failure('audit.watch_failed', error);
    });
  }

  /** @param before what was found good before, and is not read again; null: look at everything */
  private async check(before: Before | null): Promise<readonly Finding[]> {
    const verified = before?.size ?? null;
    const found = await this.reading(async (manager) => {
      const keys = [this.keys.heads.publicJwk];
      const good = before && {
        tree: await verifiedTree(manager, Number(before.size), keys),
        wholeOn: before.wholeOn,
      };
      const { faults, lastHead } = await verifyAudit(storedAudit(manager), keys, [], good);
      return { faults, good: lastHead?.size.toString() ?? verified };
    }).catch((error: unknown) => {
      if (!(error instanceof AuditBroken)) throw error;
      return { faults: [{ kind: error.message, subject: '' }], good: verified };
    });
    const [fault] = found.faults;
    if (fault) {
      await soundAlarm(this.database, this.log, fault.kind, fault.subject);
    } else {
      const action = before === null ? 'audit.checked_whole' : 'audit.checked';
      const subject = found.good === null ? {} : { subject: found.good };
      await this.database.asActor(WATCH, (manager) => append(manager, { action, actor: WATCH, ...subject }));
    }
    return found.faults;
  }

  private async last(manager: EntityManager): Promise<Last> {
    const [last] = await manager.query<Last[]>(LAST);
    return last ?? { checked: null, whole: null, first: null, verified: null };
  }

  private reading<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.asActor(WATCH, work, { oneMoment: true, role: 'onedoor_auditor' });
  }
}

/** The tree under a signed head that was found good, out of the stored nodes. @throws {AuditBroken} where it is another */
async function verifiedTree(manager: EntityManager, size: number, keys: readonly JWK[]): Promise<CompactRange> {
  const [stored] = await manager.query<{ signature: string }[]>('SELECT signature FROM audit_heads WHERE size = $1', [
    size,
  ]);
  const head = stored && (await headReader(keys)(stored.signature));
  const edge = await storedEdge(size, storedNodes(manager));
  const tree = CompactRange.fromBytes(size, Buffer.concat(edge));
  if (head?.size !== size || !same(tree.root(), head.root)) throw new AuditBroken('audit_past_changed');
  return tree;
}

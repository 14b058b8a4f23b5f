import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import type { RefusedAction } from '../audit/audit-actions.js';
import { append } from '../audit/audit.js';
import type { StaffActor, SystemActor } from './staff-actor.js';

const SYSTEM: SystemActor = { kind: 'system', name: 'refusals' };
const MINUTE = 60_000;

/** Most refusals of one person that are written down in a minute; that there were more is written down once. */
const MOST_A_MINUTE = 100;

/** What somebody asked for and was refused. */
interface Refused {
  /** Method and pattern of the route, such as `POST /staff/cases/:id/close`. */
  readonly route: string;
  /** The id that was asked for, if it has the form of one. */
  readonly id?: string;
}

/** Finds the complaint that an id is of or belongs to; undefined for everything else, and for what is not there. */
export type ComplaintFinder = (manager: EntityManager, id: string) => Promise<string | undefined>;

/**
 * Writes down what staff were refused, in a transaction of its own: that of the act was rolled back. An id that is of no
 * complaint is kept by the day alone, whether it is of a disclosure or of nothing, so that the log does not tell the two
 * apart. The same refusal counts once a minute, so that nobody can flood the log.
 */
@Injectable()
export class Refusals {
  private readonly finders: ComplaintFinder[] = [];
  private minute = 0;
  /** In this minute: for each person what was written down. */
  private written = new Map<string, Set<string>>();

  constructor(private readonly database: Database) {}

  /** For the features whose ids are asked for. */
  add(finder: ComplaintFinder): void {
    this.finders.push(finder);
  }

  /** Records one refusal, unless this minute has it already. */
  async record(actor: StaffActor, { route, id }: Refused): Promise<void> {
    const wanted = this.toWrite(actor.staffId, actionOf(route), id);
    if (!wanted) return;
    try {
      const { action, id: subject } = wanted;
      const complaint = subject === undefined ? undefined : await this.complaintOf(subject);
      await this.database.asActor(actor, (manager) =>
        append(manager, {
          action,
          actor,
          ...(subject === undefined ? {} : { subject, dayOnly: complaint === undefined }),
          ...(complaint === undefined ? {} : { caseId: complaint }),
        }),
      );
    } catch (error) {
      this.written.get(actor.staffId)?.delete(wanted.key);
      throw error;
    }
  }

  private toWrite(
    staffId: string,
    action: RefusedAction,
    id = '',
  ): { action: RefusedAction; id?: string; key: string } | undefined {
    const minute = Math.floor(Date.now() / MINUTE);
    if (minute !== this.minute) this.written = new Map();
    this.minute = minute;
    const own = this.written.get(staffId) ?? new Set();
    this.written.set(staffId, own);
    const key = `${action} ${id}`;
    if (own.has(key) || own.size > MOST_A_MINUTE) return undefined;
    own.add(key);
    if (own.size > MOST_A_MINUTE) return { action: 'refused.many', key };
    return { action, key, ...(id === '' ? {} : { id }) };
  }

  /** Asked as the server: whoever was refused may not see what there is. */
  private complaintOf(id: string): Promise<string | undefined> {
    return this.database.asActor(SYSTEM, async (manager) => {
      for (const find of this.finders) {
        const found = await find(manager, id);
        if (found !== undefined) return found;
      }
      return undefined;
    });
  }
}

/** `POST /staff/cases/:id/close` as the code `refused.post.cases.close`; `:version` as `version`. */
function actionOf(route: string): RefusedAction {
  const words = route
    .replace(/[A-Z](?=[a-z])/g, (letter) => `_${letter}`)
    .toLowerCase()
    .replace(/:id\b|:/g, '')
    .replaceAll('-', '_')
    .split(/[ /]+/)
    .filter((word) => /^[a-z_]+$/.test(word) && word !== 'staff');
  return `refused.${words.join('.').slice(0, 56).replace(/\.$/, '')}`;
}

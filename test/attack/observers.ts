import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../../config/database.js';
import { KeyLogKeeper } from '../../src/agencies/key-log/key-log-keeper.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { CASE_STATUSES } from '../../src/cases/case-status.js';
import { HOLDERS } from '../../src/cases/inbox.js';
import { openAgency } from '../../src/demo/open-agency.js';
import { JobRegistry } from '../../src/queue/job-registry.js';
import { takeOutbox } from '../../src/queue/outbox.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Role } from '../../src/staff/roles.js';
import { DeskClient, enrol, type Answer, type Desk } from '../cases/desk.js';
import type { AtDesk } from '../cases/handing-on.js';
import { unlock } from '../cases/sealed-cases.js';
import { FACETS, Owner, submit, type Lodged } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { knownPassphrase } from '../support/passphrases.js';
import { EVERY_ROUTE } from './walk.js';

/** Where the disclosure goes, whom it is about, and who looks after the server. */
export const RECEIVER = 'sfo';
export const CONCERNED = 'msd';
export const OPERATOR = 'triage';

/** Decided for the receiver, about the organisation concerned. */
const DISCLOSURE = { ...FACETS, relationship: 'worker', about: CONCERNED, topic: 'fraud', stage: 'unsafe' };

const WATCHING: readonly (readonly [string, readonly Role[]])[] = [
  [RECEIVER, ['officer', 'lead', 'admin', 'analyst', 'auditor']],
  [CONCERNED, ['officer', 'lead', 'admin']],
  [OPERATOR, ['admin', 'auditor', 'triage', 'system_lead']],
];

/** Whoever must not learn of the disclosure. */
export interface Observer {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly agencyId: string;
  readonly client: DeskClient;
  readonly who: EnrolledStaffMember;
}

export interface Found {
  readonly id: string;
  readonly reference: string;
  readonly receipt: string;
}

/** The whole application with three agencies; its worker's jobs are done by hand, so that nothing else happens meanwhile. */
export class Watched {
  private constructor(
    readonly app: TestApp,
    readonly desk: Desk,
    readonly owner: Owner,
    /** Two who read disclosures at the receiver. */
    readonly ana: AtDesk,
    readonly ben: AtDesk,
    /** A disclosure officer there whom the person leaves out. */
    readonly leftOut: EnrolledStaffMember,
    readonly observers: readonly Observer[],
  ) {}

  static async open(): Promise<Watched> {
    const app = await startApp({ ROLE: 'web' });
    const owner = await Owner.of(app);
    const database = app.app.get(Database, { strict: false });
    const desk: Desk = { ...app, database, rows: (sql, values) => owner.rows(sql, values) };
    const open = async (id: string): Promise<EnrolledStaffMember[]> => {
      const people = ['one', 'two', 'three'].map((name, n) => ({
        displayName: `Reader ${name} of ${id}`,
        username: `${name}.${id}`,
        ...knownPassphrase(n + 1),
        roles: ['officer', 'disclosure_officer'] as const,
      }));
      return openAgency(app.app, { id, noticeEmail: `${id}@agency.test` }, people);
    };
    const [ana, ben, leftOut] = (await open(RECEIVER)) as [
      EnrolledStaffMember,
      EnrolledStaffMember,
      EnrolledStaffMember,
    ];
    const [elsewhere] = (await open(CONCERNED)) as [EnrolledStaffMember];
    await open(OPERATOR);
    const observers: Observer[] = [];
    const watch = async (name: string, who: EnrolledStaffMember, roles: readonly Role[]): Promise<void> => {
      const { agencyId } = who.actor;
      observers.push({ name, roles, agencyId, who, client: await DeskClient.of(desk, who) });
    };
    for (const [agencyId, roles] of WATCHING) {
      for (const role of roles) await watch(`${role} of ${agencyId}`, await enrol(desk, agencyId, [role]), [role]);
    }
    await watch('who was left out', leftOut, ['officer', 'disclosure_officer']);
    await watch(`disclosure officer of ${CONCERNED}`, elsewhere, ['officer', 'disclosure_officer']);
    await app.app.get(KeyLogKeeper, { strict: false }).runOnce();
    await owner.rows(
      `INSERT INTO webhook_endpoints (agency_id, url) SELECT id, 'https://hook.test/' FROM agencies WHERE id = ANY ($1)`,
      [[RECEIVER, CONCERNED]],
    );
    const sit = async (who: EnrolledStaffMember): Promise<AtDesk> => {
      const client = await DeskClient.of(desk, who);
      return { who, client, keys: () => unlock(client, who) };
    };
    return new Watched(app, desk, owner, await sit(ana), await sit(ben), leftOut, observers);
  }

  /** Lodges by the public door and leaves its work in the outbox. */
  async lodge(path: 'complaint' | 'disclosure', more: object = {}): Promise<Found> {
    const way = path === 'disclosure' ? { facets: DISCLOSURE } : { facets: FACETS, destination: RECEIVER };
    const response = await submit(this.app, {
      ...way,
      statement: { whatHappened: 'Words', identity: 'Ana, 04 123 4567' },
      ...more,
    });
    const answer = (await response.json()) as Lodged;
    if (response.status !== 201) throw new Error(JSON.stringify(answer));
    const [row] = await this.owner.rows<{ id: string; path: string; agency_id: string }>(
      'SELECT id, path, agency_id FROM cases WHERE reference = $1',
      [answer.reference],
    );
    if (row?.path !== path || row.agency_id !== RECEIVER) throw new Error(JSON.stringify(row));
    return { id: row.id, reference: answer.reference, receipt: answer.receipt ?? '' };
  }

  /** What is promised and due, without what differs in any two jobs. */
  promised(): Promise<{ queue: string; name: string; about: boolean; onTheHour: boolean }[]> {
    return this.owner.rows(
      `SELECT queue, name, case_id IS NOT NULL AS about, due_at = date_trunc('hour', due_at) AS "onTheHour"
         FROM outbox WHERE due_at <= now() ORDER BY queue, name`,
    );
  }

  /** Does all work that is due, as a worker would; calls to agencies' systems and mails included. */
  async work(): Promise<string[]> {
    const done: string[] = [];
    const registry = this.app.app.get(JobRegistry, { strict: false });
    for (;;) {
      const [next] = await this.owner.rows<{ id: string; queue: string; name: string }>(
        'SELECT id, queue, name FROM outbox WHERE due_at <= now() ORDER BY queue DESC, name LIMIT 1',
      );
      if (!next) return done;
      await this.desk.database.asActor({ kind: 'system', name: next.queue }, async (manager) => {
        const job = await takeOutbox(manager, next.id);
        // Nobody answers at the address of the agencies' own systems: that they would be called is enough.
        if (job && job.name !== 'webhook') await registry.handlerOf(job.queue, job.name).run(manager, job);
      });
      done.push(next.name);
    }
  }

  private rounds = 0;

  /** Takes into the tree of the log what would be there within seconds, and signs a head as if a minute had gone by. */
  async sequence(): Promise<void> {
    const later = new Date(Date.now() + ++this.rounds * 61_000);
    await this.app.app.get(Sequencer, { strict: false }).runOnce(later);
  }

  /** Mails so far, by their number: to whom, and what; without their date. */
  async mails(): Promise<ReadonlyMap<string, string>> {
    const directory = join(this.app.home, 'mail');
    const read = async (name: string): Promise<[string, string]> => {
      const text = await readFile(join(directory, name), 'utf8');
      return [name, text.replace(/^(?:Date|Message-ID):.*\r?\n/gim, '')];
    };
    return new Map(await Promise.all((await readdir(directory).catch(() => [])).map(read)));
  }

  async close(): Promise<void> {
    await this.owner.close();
    await this.app.close();
  }
}

/** Pages that show a moment, a challenge or a new secret of one’s own; and the log, which is looked at by itself. */
const OWN =
  /^\/staff\/(?:sessions|ways-in\/code|step-up|api\/step-up|sign-in|join|recover|audit|api\/audit|openid)(?:\/|$)/;

/** Every list, page and call that takes no id; and some about one complaint and one colleague. */
export function everywhere(complaint: string, person: string): string[] {
  const pages = EVERY_ROUTE.filter(({ method, pattern }) => method === 'GET' && pattern.startsWith('/staff'))
    .map(({ pattern }) => pattern)
    .filter((pattern) => !pattern.includes(':') && !OWN.test(pattern));
  const about = ['', '/assign', '/link', '/walls'].map((rest) => `/staff/cases/${complaint}${rest}`);
  return [...pages, ...about, `/staff/api/cases/${complaint}`, `/staff/people/${person}/leave`];
}

/** The inbox by everything that it can be narrowed to. */
export const FILTERED = HOLDERS.flatMap((holder) =>
  ['all', ...CASE_STATUSES].map((status) => `/staff/inbox?${new URLSearchParams({ holder, status }).toString()}`),
);

/** An id that nothing has, the same throughout. */
export const NOTHING = randomUUID();

/** An answer without what differs in any two: tokens and correlation ids. */
export function shown({ status, text, location }: Answer): string {
  return `${status.toString()} ${location ?? ''} ${text}`
    .replace(/(?:content|value)="[\w-]{43}"/g, 'TOKEN')
    .replace(/"(correlation|correlationId|instance)":"[^"]*"/g, '"$1"');
}

/** All that somebody is shown, by where; lists to their last page. */
export async function fingerprint({ client }: Observer, paths: readonly string[]): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const path of paths) {
    for (let next: string | undefined = path; next !== undefined && !(next in seen);) {
      const answer: Answer = await client.get(next);
      seen[next] = shown(answer);
      next = /rel="next" href="([^"]+)"/.exec(answer.text)?.[1]?.replaceAll('&amp;', '&');
    }
  }
  return seen;
}

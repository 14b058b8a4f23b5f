import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { PublicKey } from '../../src/vault/keys.js';
import { type SealedLodging, sealLodging } from '../../src/vault/lodging.js';
import type { TestApp } from '../support/app.js';
import { until } from '../support/until.js';

/** A complaint that is decided for the Ministry of Social Development. */
export const FACETS = {
  danger: 'none',
  classified: 'no',
  relationship: 'service_user',
  about: 'msd',
  topic: 'benefit',
  stage: 'not_raised',
  when: 'under_3_months',
  head_implicated: 'no',
  child: 'no',
} as const;

export interface Lodged {
  readonly reference: string;
  readonly receipt?: string;
  readonly destination: { readonly id: string; readonly name: string };
  readonly delivery: string;
  readonly dueOn: string;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly code: string; readonly message: string }[];
}

export function newKey(): string {
  return randomBytes(24).toString('base64url');
}

/** Lodges through the API. A string is sent as it is. */
export function submit(app: TestApp, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${app.publicOrigin}/api/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': newKey(), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** To whose keys an agency's cases are sealed, as the public directory says. */
export async function readersOf(
  app: TestApp,
  agencyId: string,
  path: 'complaints' | 'disclosures' = 'complaints',
): Promise<PublicKey[]> {
  const response = await fetch(`${app.publicOrigin}/api/v1/agencies`);
  const { agencies } = (await response.json()) as {
    agencies: { id: string; readers: Record<typeof path, (PublicKey & { label: string })[]> }[];
  };
  const found = agencies.find(({ id }) => id === agencyId)?.readers[path] ?? [];
  return found.map(({ kid, jwk }) => ({ kid, jwk }));
}

export interface ToSeal {
  readonly readers: readonly PublicKey[];
  /** To whom the name goes; left out for all of them. */
  readonly identityReaders?: readonly PublicKey[];
  readonly receiver: string;
  readonly statement?: Record<string, unknown>;
  readonly identity?: Record<string, unknown>;
  readonly caseId?: string;
}

/** Seals as the person's browser does. */
export function seal({ readers, receiver, statement, identity, caseId, ...more }: ToSeal): Promise<SealedLodging> {
  return sealLodging({
    caseId,
    statement: statement ?? { whatHappened: 'They cut my benefit.' },
    identity,
    readers,
    identityReaders: more.identityReaders ?? readers,
    receiver,
    day: todayInAuckland(),
  });
}

/** A case by its id and its reference. */
export interface Placed {
  readonly id: string;
  readonly reference: string;
}

/** The database as its owner sees it. */
export class Owner {
  private constructor(private readonly client: Client) {}

  static async of(app: TestApp): Promise<Owner> {
    const client = new Client({ connectionString: app.database.ownerUrl });
    await client.connect();
    return new Owner(client);
  }

  async rows<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.client.query<T>(sql, values)).rows;
  }

  /** A case once the worker has placed it. */
  async placed(reference: string): Promise<Placed> {
    await until('it is placed', async () => {
      const rows = await this.rows(`SELECT FROM cases WHERE reference = $1 AND status = 'placed'`, [reference]);
      return rows.length === 1;
    });
    const [row] = await this.rows<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [reference]);
    return { id: row?.id ?? '', reference };
  }

  /** How many rows every table has, by its name. */
  async counts(): Promise<Record<string, number>> {
    const tables = await this.rows<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS n FROM ${name}`);
    const rows = await this.rows<{ name: string; n: number }>(counts.join(' UNION ALL '));
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** The fields an answer blames. */
export async function blamed(response: Response): Promise<string[]> {
  return ((await response.json()) as Problem).errors.map(({ field }) => field);
}

import { sha256 } from './bytes.js';
import { is, isHash, isObject, readForm, readJson } from './form.js';
import { requireThat, type Base64url, type KeyId } from './suite.js';

// What the log of keys says, as text: the same for the server that keeps it, for witnesses, and for every browser.

/** The log's format. It stands in everything that is hashed or signed. */
export const KEY_LOG = 'onedoor-keys-1';

/** To what a key may be put: what is sealed to it, or that it signs. */
const LOGGED_USES = [
  'complaints',
  'disclosures',
  'complaints_recovery',
  'disclosures_recovery',
  'identity',
  'agreement',
  'signing',
] as const;
export type LoggedUse = (typeof LOGGED_USES)[number];

/** The uses in which somebody outside the agency seals to a key. */
const READING: readonly LoggedUse[] = [
  'complaints',
  'disclosures',
  'complaints_recovery',
  'disclosures_recovery',
  'identity',
];

/** What a key must stand for, so that a case of a path may be sealed to it. */
export const READS = {
  complaint: ['complaints'],
  disclosure: ['disclosures', 'disclosures_recovery'],
} as const satisfies Record<string, readonly LoggedUse[]>;

/** For what the key of an identity custodian stands, beside `disclosures`. */
export const KEEPS_NAMES: LoggedUse = 'identity';

/** One line of the log: from here on a key stands, or does so no longer. */
export interface KeyLogEntry {
  log: typeof KEY_LOG;
  act: 'added' | 'retired';
  /** The agency's id. */
  agency: string;
  use: LoggedUse;
  kid: KeyId;
  /** Whose key it is: {@link holderOf} a member of staff, so that they find their own; never a name. Null of an agency's. */
  holder: Base64url | null;
  /** YYYY-MM-DD in Pacific/Auckland. */
  on: string;
}

/**
 * Another line of the log: the root of the RFC 6962 tree over what was lodged on a day, whether or not anything was. It changes
 * nothing of what stands, and stands here because the same heads, witnesses and proofs then hold it.
 */
export interface LodgedDay {
  log: typeof KEY_LOG;
  act: 'lodged';
  /** YYYY-MM-DD in Pacific/Auckland; each later than the one before. */
  on: string;
  root: Base64url;
}

/** Any line of the log. */
export type LogEntry = KeyLogEntry | LodgedDay;

/** A key as it stands. */
export interface StandingKey {
  readonly use: LoggedUse;
  readonly kid: KeyId;
  readonly holder: Base64url | null;
}

const AGENCY = /^[a-z_]{1,64}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The text of an entry about a key, which is the leaf. */
export function entryText({ act, agency, use, kid, holder, on }: Omit<KeyLogEntry, 'log'>): string {
  return JSON.stringify({ log: KEY_LOG, act, agency, use, kid, holder, on });
}

/** The text of an entry about a day. */
export function lodgedText({ on, root }: Pick<LodgedDay, 'on' | 'root'>): string {
  return JSON.stringify({ log: KEY_LOG, act: 'lodged', on, root });
}

/** An entry of its text. @throws {VaultError} unless it is one in its one spelling */
export function readEntry(text: string): LogEntry {
  const read = readJson(text);
  if (read.act === 'lodged') {
    const day = readForm<LodgedDay>(read, { log: is(KEY_LOG), act: is('lodged'), on: isDay, root: isHash });
    requireThat(lodgedText(day) === text);
    return day;
  }
  const entry = readForm<KeyLogEntry>(read, {
    log: is(KEY_LOG),
    act: (value): value is KeyLogEntry['act'] => value === 'added' || value === 'retired',
    agency: isAgency,
    use: isUse,
    kid: isHash,
    holder: (value): value is Base64url | null => value === null || isHash(value),
    on: isDay,
  });
  requireThat(entryText(entry) === text);
  return entry;
}

/** By which a member of staff is told from others in the log: a hash of the random id of their account. */
export function holderOf(staffId: string): Promise<Base64url> {
  return sha256(`${KEY_LOG} holder ${staffId}`);
}

/** Which keys stand after so many entries, by agency. */
export class StandingKeys {
  private readonly agencies = new Map<string, Map<string, StandingKey>>();
  private lodgedOn = '';

  /**
   * Takes one entry in.
   *
   * @throws {VaultError} where it adds what stands already, retires what does not, or names a day that is not after the last
   *   one: then nothing is taken in
   */
  take(entry: LogEntry): void {
    if (entry.act === 'lodged') {
      requireThat(entry.on > this.lodgedOn);
      this.lodgedOn = entry.on;
      return;
    }
    const { act, agency, use, kid, holder } = entry;
    const keys = this.agencies.get(agency) ?? new Map<string, StandingKey>();
    const name = `${use} ${kid}`;
    requireThat(keys.has(name) === (act === 'retired'));
    if (act === 'added') keys.set(name, { use, kid, holder });
    else keys.delete(name);
    if (keys.size > 0) this.agencies.set(agency, keys);
    else this.agencies.delete(agency);
  }

  /** The agencies that have a key, in order. */
  names(): string[] {
    return [...this.agencies.keys()].sort();
  }

  /** The keys of one, in order. */
  of(agency: string): StandingKey[] {
    const keys = this.agencies.get(agency) ?? new Map<string, StandingKey>();
    return [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
  }

  /** What is hashed of each agency, in order: see {@link standingText}. */
  async texts(): Promise<string[]> {
    return Promise.all(this.names().map((agency) => standingText(agency, this.of(agency))));
  }
}

/** What a head says of one agency. */
export interface AgencyStanding {
  log: typeof KEY_LOG;
  agency: string;
  /** To whom senders seal, in order. */
  readers: { use: LoggedUse; kid: KeyId }[];
  /** SHA-256 of {@link staffText}. */
  staff: Base64url;
}

/** All that stands of an agency, as the text that a leaf of the second tree hashes. */
async function standingText(agency: string, keys: readonly StandingKey[]): Promise<string> {
  const readers = keys.filter(({ use }) => READING.includes(use)).map(({ use, kid }) => ({ use, kid }));
  return JSON.stringify({ log: KEY_LOG, agency, readers, staff: await sha256(staffText(keys)) });
}

/** The keys of an agency's people. Senders are given its hash alone: it is long, and their matter are the readers. */
export function staffText(keys: readonly StandingKey[]): string {
  const own = keys.filter(({ holder }) => holder !== null);
  return JSON.stringify({ staff: own.map(({ use, kid, holder }) => ({ use, kid, holder })) });
}

/** The people's keys of their text. @throws {VaultError} */
export function readStaffText(text: string): StandingKey[] {
  const { staff } = readForm<{ staff: unknown[] }>(readJson(text), { staff: Array.isArray });
  return staff.map((key) => readForm<StandingKey>(key, { use: isUse, kid: isHash, holder: isHash }));
}

/** What stands of an agency, of its text. @throws {VaultError} */
export function readStanding(text: string): AgencyStanding {
  return readForm<AgencyStanding>(readJson(text), {
    log: is(KEY_LOG),
    agency: isAgency,
    readers: (value): value is AgencyStanding['readers'] => Array.isArray(value) && value.every(isReader),
    staff: isHash,
  });
}

function isReader(value: unknown): boolean {
  return isObject(value) && isUse(value.use) && isHash(value.kid) && Object.keys(value).length === 2;
}

function isAgency(value: unknown): value is string {
  return typeof value === 'string' && AGENCY.test(value);
}

/** A day of the calendar, in its one spelling. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !DAY.test(value)) return false;
  const at = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value);
}

function isUse(value: unknown): value is LoggedUse {
  return LOGGED_USES.some((use) => use === value);
}

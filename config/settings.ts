import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import { IsEmail, IsIn, IsInt, IsNotIn, IsOptional, IsUrl, Matches, Max, Min, validateSync } from 'class-validator';
import { readFileSync, statSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { ROLES, type Role } from '../src/staff/roles.js';

/** Values that people leave behind from an example file; none may reach a running server. */
const PLACEHOLDERS = /change[-_ ]?me|placeholder|your[-_]|<.*>|example\.(com|org|net)|secret123|password@/i;

const ROLE_LIST = new RegExp(`^(?:nobody|(?:${ROLES.join('|')})(?:,(?:${ROLES.join('|')}))*)$`);

const asInteger = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? Number(value) : value));

/**
 * Everything the server can be told from outside, read once from the environment at boot.
 * Nothing set means: embedded PostgreSQL under `home`, the queue inside it, mail written to `home/mail`.
 */
export class Settings {
  /** Which parts run in this process. */
  @IsIn(['web', 'worker', 'all'])
  ROLE: 'web' | 'worker' | 'all' = 'all';

  /** Port of the pages and the API; 0 takes a free one. */
  @asInteger
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT = 8080;

  @Matches(/^[0-9a-zA-Z.:-]+$/)
  HOST = '127.0.0.1';

  /** Port of `/metrics` and of the worker's health, never the public one; 0 takes a free one. */
  @asInteger
  @IsInt()
  @Min(0)
  @Max(65535)
  METRICS_PORT = 0;

  /** Where embedded data, service keys and written mail lie. */
  ONEDOOR_HOME = resolve('var');

  /** Origin of the public side, such as `https://onedoor.govt.nz`. Default: `http://127.0.0.1:PORT`. */
  @IsOptional()
  @Matches(/^https?:\/\/[^/?#]+$/, { message: 'must be an origin such as https://host, without a path' })
  PUBLIC_ORIGIN?: string;

  /** Origin of the staff side; must differ from the public one and have a name for its host. Default: `http://localhost:PORT`. */
  @IsOptional()
  @Matches(/^https?:\/\/[^/?#]+$/, { message: 'must be an origin such as https://host, without a path' })
  STAFF_ORIGIN?: string;

  /** PostgreSQL as the application role, which owns no table. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a postgres:// URL' })
  DATABASE_URL?: string;

  /** PostgreSQL as the owner, used by `npm run migrate` and by nothing else. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a postgres:// URL' })
  DATABASE_OWNER_URL?: string;

  /** Redis or Valkey for the queue. Default: the queue lies in PostgreSQL. */
  @IsOptional()
  @Matches(/^rediss?:\/\//, { message: 'must be a redis:// or rediss:// URL' })
  QUEUE_URL?: string;

  /** Where mail goes. Default: written to `ONEDOOR_HOME/mail`. */
  @IsOptional()
  @IsUrl({ protocols: ['smtp', 'smtps'], require_tld: false, require_protocol: true })
  SMTP_URL?: string;

  @IsEmail({ require_tld: false })
  MAIL_FROM = 'no-reply@onedoor.localhost';

  /** Whom users of the open data write to. Default: `MAIL_FROM`. */
  @IsOptional()
  @IsEmail({ require_tld: false })
  OPEN_DATA_CONTACT?: string;

  /** Directory of the service keys (mode 0600 files); made on first start when it lies in the embedded home. */
  @IsOptional()
  SERVICE_KEYS?: string;

  /** Unix socket of the key agent that signs and agrees for the service (`config/key-agent.ts`). Default: keys from files. */
  @IsOptional()
  @Matches(/^\/[^\0]{1,100}$/, { message: 'must be the path of a Unix socket' })
  KEY_AGENT?: string;

  /**
   * File that names who watches the log of keys: `[{"name": …, "jwk": …}, …]`, at least two public keys on P-384. Default:
   * two of our own, who prove nothing to anybody.
   */
  @IsOptional()
  KEY_WITNESSES?: string;

  /** Agency that receives what awaits a human or has no open destination. */
  @Matches(/^[a-z_]+$/)
  TRIAGE_AGENCY = 'triage';

  /**
   * Hosts, `name` or `name:port` with commas between them, to which webhooks may go by http too, on that port and at a
   * private address: for a closed network. Everywhere else only https on port 443 of a public address is called.
   */
  @Matches(/^$|^[a-z0-9.:[\]-]+(,[a-z0-9.:[\]-]+)*$/)
  WEBHOOK_PRIVATE_HOSTS = '';

  /**
   * Roles that count only in a session that was opened with a passkey, with commas between them; `nobody` for none.
   * Whoever has one of them and comes in otherwise can add a passkey, and what their other roles allow.
   */
  @Matches(ROLE_LIST, { message: 'must be roles with commas between them, or nobody' })
  PASSKEY_REQUIRED_FOR = 'disclosure_officer,admin';

  /** File that names the agencies' own sign-ins (OpenID Connect) by which their people may come in. Default: none. */
  @IsOptional()
  OIDC_PROVIDERS?: string;

  /** Folder of the routing rulesets, the list of those published with them, and their scenarios. Default: `config/routing`. */
  @IsOptional()
  ROUTING_RULES?: string;

  /** Number of proxies in front whose `X-Forwarded-For` is believed when guessing is slowed by address. */
  @asInteger
  @IsInt()
  @Min(0)
  @Max(5)
  TRUSTED_PROXIES = 0;

  @IsNotIn(['trace'], { message: 'trace would print too much' })
  @IsIn(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'])
  LOG_LEVEL: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' = 'info';

  /** True where nothing names a database, so that the embedded one is started. */
  get embedded(): boolean {
    return this.DATABASE_URL === undefined;
  }

  get publicOrigin(): string {
    return this.PUBLIC_ORIGIN ?? `http://127.0.0.1:${this.PORT.toString()}`;
  }

  get staffOrigin(): string {
    return this.STAFF_ORIGIN ?? `http://localhost:${this.PORT.toString()}`;
  }

  /** The hosts of WEBHOOK_PRIVATE_HOSTS, written as `URL.host` writes them. */
  get webhookPrivateHosts(): ReadonlySet<string> {
    return new Set(this.WEBHOOK_PRIVATE_HOSTS.split(',').filter((host) => host !== ''));
  }

  /** The roles of PASSKEY_REQUIRED_FOR. */
  get passkeyRequiredFor(): ReadonlySet<Role> {
    const named = this.PASSKEY_REQUIRED_FOR.split(',');
    return new Set(ROLES.filter((role) => named.includes(role)));
  }

  /** Cookies are `Secure` and `__Host-` wherever the origin is https. */
  get secureCookies(): boolean {
    return this.publicOrigin.startsWith('https://');
  }
}

/** A setting is missing, malformed or a placeholder; the message names it and never repeats its value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const KNOWN = new Set(
  Object.keys(new Settings()).concat(
    'PUBLIC_ORIGIN',
    'STAFF_ORIGIN',
    'DATABASE_URL',
    'DATABASE_OWNER_URL',
    'QUEUE_URL',
    'SMTP_URL',
    'SERVICE_KEYS',
    'KEY_AGENT',
    'OIDC_PROVIDERS',
    'KEY_WITNESSES',
    'ROUTING_RULES',
  ),
);

/** No setting is longer, and a device that never ends is no setting. */
const LONGEST_FILE = 64 * 1024;

/** What stands in the file that `NAME_FILE` names, without the line break at its end. */
function readSetting(name: string, path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile() || found.size > LONGEST_FILE) throw new TypeError('not a file of ours');
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    // Without its cause: a path may say what must not be said, and a content does.
    throw new SettingsError(`${name}_FILE cannot be used: it must be the path of a small file that can be read.`);
  }
}

/**
 * Every setting may also be given as a file, so that no secret has to stand in an environment: `NAME_FILE` names it.
 *
 * @throws {SettingsError} when a setting is given both ways, or its file cannot be read
 */
function given(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name];
  const path = env[`${name}_FILE`];
  if (path === undefined || path === '') return value;
  if (value !== undefined && value !== '') {
    throw new SettingsError(`${name} and ${name}_FILE are both set: give it one way only.`);
  }
  return readSetting(name, path);
}

/**
 * Reads the settings.
 *
 * @param env the environment; names this class does not know are ignored, empty ones count as not set, and `NAME_FILE`
 *   names a file in which `NAME` stands
 * @returns the validated settings
 * @throws {SettingsError} naming the first setting that cannot be used
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const values: Record<string, string> = {};
  for (const name of KNOWN) {
    const value = given(env, name);
    if (value === undefined || value === '') continue;
    if (PLACEHOLDERS.test(value)) throw new SettingsError(`${name} is still a placeholder: set it to a real value.`);
    values[name] = value;
  }
  const settings = plainToInstance(Settings, values, { exposeDefaultValues: true });
  const [wrong] = validateSync(settings, { forbidUnknownValues: true });
  if (wrong) {
    const { isInt, ...others } = wrong.constraints ?? {};
    // What is no number at all is not also said to be too large.
    const why = isInt ?? Object.values(others)[0] ?? 'cannot be used';
    throw new SettingsError(`${wrong.property} cannot be used: ${why.replace(wrong.property, 'it')}.`);
  }
  if (settings.publicOrigin === settings.staffOrigin) {
    throw new SettingsError('STAFF_ORIGIN must differ from PUBLIC_ORIGIN: staff pages live on an origin of their own.');
  }
  requireEncryption('PUBLIC_ORIGIN', settings.publicOrigin);
  requireEncryption('STAFF_ORIGIN', settings.staffOrigin);
  if (isAddress(new URL(settings.staffOrigin).hostname)) {
    throw new SettingsError(
      'STAFF_ORIGIN must have a name for its host, such as localhost: passkeys know no IP address.',
    );
  }
  if (new URL(settings.publicOrigin).hostname === new URL(settings.staffOrigin).hostname) {
    throw new SettingsError('STAFF_ORIGIN must differ from PUBLIC_ORIGIN in its host: cookies know no port.');
  }
  if (new URL(settings.publicOrigin).protocol !== new URL(settings.staffOrigin).protocol) {
    throw new SettingsError('STAFF_ORIGIN must have the scheme of PUBLIC_ORIGIN: both https, or both http for a try.');
  }
  return settings;
}

/** Without https, what is written and the cookies would cross the network in clear; on this machine they cross none. */
function requireEncryption(name: string, origin: string): void {
  if (!URL.canParse(origin))
    throw new SettingsError(`${name} cannot be used: it must be an origin such as https://host.`);
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    throw new SettingsError(
      `${name} must begin with https:// unless its host is this machine (localhost or 127.0.0.1).`,
    );
  }
}

/** Whether a host, as `URL.hostname` writes it, is an IP address. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || isIPv4(hostname);
}

/** Whether a host name, as `URL.hostname` writes it, is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'));
}

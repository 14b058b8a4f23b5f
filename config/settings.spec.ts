import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, SettingsError } from './settings.js';

/** The sentence with which an environment is refused. */
function refusal(env: Readonly<Record<string, string>>): string {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('settings', () => {
  it('need none: all in one process, embedded, on two origins of one port', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({ ROLE: 'all', PORT: 8080, HOST: '127.0.0.1', embedded: true });
    expect(settings.publicOrigin).toBe('http://127.0.0.1:8080');
    expect(settings.staffOrigin).toBe('http://localhost:8080');
    expect(settings.secureCookies).toBe(false);
  });

  it('take what they know, count what is empty as not given, and leave alone what they do not know', () => {
    const settings = loadSettings({
      ROLE: 'worker',
      PORT: '0',
      DATABASE_URL: 'postgresql://app:word@db.internal/onedoor',
      QUEUE_URL: '',
      HOME: '/changeme',
    });
    expect(settings).toMatchObject({ ROLE: 'worker', PORT: 0, embedded: false });
    expect(settings.QUEUE_URL).toBeUndefined();
    expect(settings).not.toHaveProperty('HOME');
  });

  it('make cookies secure where the public origin is https', () => {
    const origins = { PUBLIC_ORIGIN: 'https://door.govt.nz', STAFF_ORIGIN: 'https://staff.door.govt.nz' };
    expect(loadSettings(origins).secureCookies).toBe(true);
  });

  it.each([
    ['ROLE', 'server'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['HOST', 'two words'],
    ['METRICS_PORT', 'none'],
    ['PUBLIC_ORIGIN', 'door.govt.nz'],
    ['PUBLIC_ORIGIN', 'https://door.govt.nz/'],
    ['STAFF_ORIGIN', 'ftp://door.govt.nz'],
    ['DATABASE_URL', 'mysql://db/onedoor'],
    ['DATABASE_OWNER_URL', 'db.internal'],
    ['QUEUE_URL', 'http://queue'],
    ['SMTP_URL', 'mail.internal'],
    ['SMTP_URL', 'https://mail.internal'],
    ['MAIL_FROM', 'nobody'],
    ['TRIAGE_AGENCY', 'The Desk'],
    ['TRUSTED_PROXIES', '6'],
    ['PASSKEY_REQUIRED_FOR', 'admin,boss'],
    ['PASSKEY_REQUIRED_FOR', 'nobody,admin'],
    ['LOG_LEVEL', 'trace'],
    ['LOG_LEVEL', 'loud'],
  ])('refuse a %s that cannot be used (%s) in one sentence that names it', (name, value) => {
    expect(refusal({ [name]: value })).toMatch(new RegExp(`^${name} cannot be used: [^\\n]+\\.$`));
  });

  it('say of a number that is none that it must be one', () => {
    expect(refusal({ PORT: 'http' })).toBe('PORT cannot be used: it must be an integer number.');
  });

  it.each([
    ['DATABASE_URL', 'postgres://app:CHANGEME@db.internal/onedoor'],
    ['DATABASE_URL', 'postgres://app:<password>@db.internal/onedoor'],
    ['SMTP_URL', 'smtp://mail.example.com'],
    ['PUBLIC_ORIGIN', 'https://your-host.govt.nz'],
    ['SERVICE_KEYS', '/path/to/placeholder'],
  ])('refuse a %s that was left as it stood in an example (%s)', (name, value) => {
    expect(refusal({ [name]: value })).toBe(`${name} is still a placeholder: set it to a real value.`);
  });

  it('never repeat the value that they refuse', () => {
    for (const name of ['DATABASE_URL', 'QUEUE_URL', 'SMTP_URL', 'PUBLIC_ORIGIN', 'HOST', 'MAIL_FROM', 'ROLE']) {
      expect(refusal({ [name]: 'sentinel secret' })).toMatch(new RegExp(`^${name} (?!.*sentinel).*\\.$`));
    }
  });

  it('refuse one origin for both sides, also where only one of them is given', () => {
    const one = { PUBLIC_ORIGIN: 'https://door.govt.nz', STAFF_ORIGIN: 'https://door.govt.nz' };
    expect(refusal(one)).toMatch(/^STAFF_ORIGIN must differ from PUBLIC_ORIGIN/);
    // Cookies of one port go to every other port of the host.
    const port = { PUBLIC_ORIGIN: 'https://door.govt.nz', STAFF_ORIGIN: 'https://Door.govt.nz:8443' };
    expect(refusal(port)).toMatch(/^STAFF_ORIGIN must differ from PUBLIC_ORIGIN in its host/);
    expect(refusal({ PUBLIC_ORIGIN: 'http://localhost:8080' })).toMatch(/^STAFF_ORIGIN must differ from PUBLIC_ORIGIN/);
  });

  it.each([
    [{ PUBLIC_ORIGIN: 'https://door.govt.nz' }],
    [{ PUBLIC_ORIGIN: 'https://door.govt.nz', STAFF_ORIGIN: 'http://localhost:8080' }],
    [{ STAFF_ORIGIN: 'https://staff.door.govt.nz' }],
  ])('refuse origins of different schemes: %j', (env) => {
    expect(refusal(env)).toMatch(/^STAFF_ORIGIN must have the scheme of PUBLIC_ORIGIN: [^\n]+\.$/);
  });

  it.each([
    ['PUBLIC_ORIGIN', 'http://door.govt.nz'],
    ['PUBLIC_ORIGIN', 'http://localhost.door.govt.nz'],
    ['PUBLIC_ORIGIN', 'http://127.0.0.1.door.govt.nz'],
    ['PUBLIC_ORIGIN', 'http://localhost@door.govt.nz'],
    ['STAFF_ORIGIN', 'http://10.0.0.1:8080'],
    ['STAFF_ORIGIN', 'http://[2001:db8::1]'],
  ])('refuse a %s without encryption that is not on this machine (%s)', (name, value) => {
    expect(refusal({ [name]: value })).toMatch(new RegExp(`^${name} must begin with https:// [^\\n]+\\.$`));
  });

  it.each(['http://127.0.0.1:9', 'http://127.9.9.9', 'http://[::1]:9'])(
    'take %s, which is on this machine',
    (origin) => {
      const other = 'http://localhost:9';
      expect(loadSettings({ PUBLIC_ORIGIN: origin, STAFF_ORIGIN: other }).publicOrigin).toBe(origin);
    },
  );

  it.each(['http://127.0.0.1:9', 'http://[::1]:9', 'https://10.0.0.1', 'https://[2001:db8::1]', 'https://2130706433'])(
    'refuse %s for staff, since a passkey belongs to a name',
    (origin) => {
      const PUBLIC_ORIGIN = origin.startsWith('https:') ? 'https://door.govt.nz' : 'http://127.8.8.8:9';
      expect(refusal({ PUBLIC_ORIGIN, STAFF_ORIGIN: origin })).toMatch(/^STAFF_ORIGIN must have a name for its host/);
    },
  );

  describe('in files', () => {
    const home = mkdtempSync(join(tmpdir(), 'settings-'));
    afterAll(() => {
      rmSync(home, { recursive: true });
    });
    let files = 0;
    const file = (content: string): string => {
      const path = join(home, (++files).toString());
      writeFileSync(path, content);
      return path;
    };

    it('count as if they stood in the environment, whichever setting it is', () => {
      const DATABASE_URL = 'postgres://app:sentinel@db.internal/onedoor';
      expect(loadSettings({ DATABASE_URL_FILE: file(`${DATABASE_URL}\n`) }).DATABASE_URL).toBe(DATABASE_URL);
      expect(loadSettings({ ROLE_FILE: file('worker') }).ROLE).toBe('worker');
      for (const name of ['DATABASE_OWNER_URL', 'QUEUE_URL', 'SMTP_URL'] as const) {
        expect(refusal({ [`${name}_FILE`]: file('sentinel') })).toMatch(
          new RegExp(`^${name} cannot be used: (?!.*sentinel)`),
        );
      }
    });

    it('are refused where they cannot be read or are given twice, and nothing of file or path is said', () => {
      const twice = { SMTP_URL: 'smtp://mail.internal', SMTP_URL_FILE: file('smtp://sentinel.internal') };
      expect(refusal(twice)).toBe('SMTP_URL and SMTP_URL_FILE are both set: give it one way only.');
      for (const path of [join(home, 'sentinel'), home, '/dev/zero']) {
        expect(refusal({ SMTP_URL_FILE: path })).toBe(
          'SMTP_URL_FILE cannot be used: it must be the path of a small file that can be read.',
        );
      }
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/* What is true of every line that was written, and could be broken by one more. */

const files = ['src', 'config'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)),
);
const textOf = (path: string): string => readFileSync(path, 'utf8');
const code = files.filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('/browser/'));
const views = files.filter((path) => path.endsWith('.njk'));

/** The files in which this stands. */
function where(paths: readonly string[], what: RegExp): string[] {
  return paths.filter((path) => what.test(textOf(path))).sort();
}

describe('the source', () => {
  it('calls out of the server in the named places alone, so that nobody can have it call elsewhere', () => {
    const http =
      /\bfetch\(|import .*\b(?:request|get|Agent)\b.* from 'node:https?'|from '(?:node:http2|undici|axios|got)'/;
    const named = [
      // Commands that somebody runs against a server of their choice.
      'src/agencies/key-log/served-log-to-verify.ts',
      'src/agencies/key-log/witness-command.ts',
      // Signed calls to an agency's own system, never to a private address.
      'src/delivery/webhook-client.ts',
      // The demonstration calls itself.
      'src/demo/make-demonstration.ts',
    ];
    expect(where(code, http).filter((path) => !path.startsWith('src/staff/openid/'))).toEqual(named);
    expect(where(code, /from 'openid-client'/).filter((path) => !path.startsWith('src/staff/openid/'))).toEqual([]);
    expect(where(code, /from 'nodemailer'/)).toEqual(['src/delivery/mailer.ts']);
    // Sockets: the agent that holds the service's keys, on this machine.
    const sockets = where(code, /import .*\bconnect\b.* from 'node:(?:net|tls)'/);
    expect(sockets.filter((path) => !path.startsWith('config/'))).toEqual([]);
  });

  it('starts no program, and runs no text as code', () => {
    const programs = where(code, /from 'node:child_process'/);
    expect(programs.filter((path) => !path.startsWith('config/'))).toEqual([]);
    expect(where(code, /\beval\(|new Function\(|from 'node:vm'/)).toEqual([]);
  });

  it('makes pages of templates that are named in it, which write everything as text', () => {
    expect(where(code, /renderString|compileAsync?\(|nunjucks\.(?:Template|compile)|autoescape: false/)).toEqual([]);
    expect(textOf('src/web/views.ts')).toContain('autoescape: true');
    for (const path of code) {
      for (const [call] of textOf(path).matchAll(/\.view(?:Async)?\([^,)]*/g)) {
        // A name, or one of two: never something that was sent.
        expect([path, call]).toEqual([
          path,
          expect.stringMatching(/\(\s*(?:'[\w-]+\.njk'|[\w.]+ \? '[\w-]+\.njk' : '[\w-]+\.njk')?\s*$/),
        ]);
      }
      for (const [call] of textOf(path).matchAll(/@Render\([^)]*\)/g))
        expect(call).toMatch(/^@Render\('[\w-]+\.njk'\)$/);
    }
  });

  it('lets no template write anything but text, nor bring a script along', () => {
    const raw = views.flatMap((path) =>
      [...textOf(path).matchAll(/[^\n]*(?:\|\s*safe|autoescape\s+false)[^\n]*/g)].map(
        ([line]) => `${path}: ${line.trim()}`,
      ),
    );
    expect(raw).toEqual([]);
    expect(where(views, /<script(?![^>]*\bsrc=)|\son[a-z]+="|javascript:/i)).toEqual([]);
  });

  it('takes no secret from the command line: what is read there are verbs, ids and files', () => {
    expect(
      where(code, /process\.argv/).filter(
        (path) => !/(?:command|verify-\w+|check-routing|demo-code|witness)[\w-]*\.ts$/.test(path),
      ),
    ).toEqual([]);
    for (const path of code) {
      for (const [call] of textOf(path).matchAll(/loadSettings\([^)]*/g)) {
        expect([path, call]).not.toEqual([path, expect.stringContaining('argv')]);
      }
    }
  });

  it('looks at the environment where settings are read, and nowhere else', () => {
    const read = where(code, /process\.env/);
    // The providers of sign-in name the setting in which a secret of theirs stands.
    const allowed = /(?:openid-providers|main|migrate|demo|demo-code|witness|verify-\w+|[\w-]*command)\.ts$/;
    expect(read.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('opens nothing and believes no signature by an algorithm that a header names: ours are given each time', () => {
    const opening =
      /\b(?:compactDecrypt|compactVerify)\((?!\)|[^;]*?(?:DIRECT|SIGNED|WRAPPED|keyManagementAlgorithms))/;
    expect(where(code, opening)).toEqual([]);
    expect(where(code, /\b(?:jwtVerify|jwtDecrypt|flattened\w+|general\w+)\(/)).toEqual([]);
  });

  it('sets cookies in one way, and gives a session of staff in the named places alone', () => {
    expect(where(code, /\.setCookie\(|set-cookie/i)).toEqual(['src/web/cookies.ts']);
    expect(where(code, /setCookie\(reply, this\.settings, SESSION_COOKIE/)).toEqual([
      'src/staff/openid/openid.controller.ts',
      'src/staff/own-passphrase/own-passphrase.controller.ts',
      'src/staff/passkeys/passkeys.controller.ts',
      'src/staff/staff-api.controller.ts',
      'src/staff/step-up.controller.ts',
      'src/staff/ways-in.controller.ts',
    ]);
  });
});

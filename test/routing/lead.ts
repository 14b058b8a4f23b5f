import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Role } from '../../src/staff/roles.js';
import { AgenciesService } from '../../src/agencies/agencies.service.js';
import { Database } from '../../config/database.js';
import { enrol } from '../../src/demo/open-agency.js';
import { StaffSessions } from '../../src/staff/staff-sessions.js';
import type { TestApp } from '../support/app.js';
import { knownPassphrase } from '../support/passphrases.js';

const SYSTEM = { kind: 'system', name: 'first-start' } as const;

let people = 0;

/** Enrols one person of the operator's agency, or of another. */
export async function enrolOne(
  app: TestApp,
  roles: readonly Role[],
  agencyId = 'triage',
): Promise<EnrolledStaffMember> {
  const n = ++people;
  await app.app.get(AgenciesService).connect(SYSTEM, { id: agencyId });
  return enrol(app.app, agencyId, {
    displayName: `Lead ${n.toString()}`,
    username: `lead.${n.toString()}`,
    ...knownPassphrase(n),
    roles,
  });
}

/** An answer with its text read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

/** A signed-in browser's cookies and token, without a browser. */
export class StaffBrowser {
  private constructor(
    private readonly origin: string,
    readonly cookies: Map<string, string>,
    private csrf: string,
  ) {}

  static async of(app: TestApp, { actor }: EnrolledStaffMember): Promise<StaffBrowser> {
    const token = await app.app
      .get(Database)
      .asActor(actor, (manager) => app.app.get(StaffSessions).open(manager, actor.staffId, 'passkey'));
    const browser = new StaffBrowser(app.staffOrigin, new Map([['onedoor-staff', token]]), '');
    const { text } = await browser.get('/staff/sign-in');
    browser.csrf = /name="csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? '';
    return browser;
  }

  get(path: string): Promise<Answer> {
    return this.send(path, { method: 'GET' });
  }

  /** Sends a form as a page of ours does. */
  submit(path: string, fields: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send(path, { method: 'POST', body: new URLSearchParams({ ...fields, _csrf: this.csrf }) });
  }

  private async send(path: string, init: RequestInit): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.origin + path, { ...init, headers: { cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';', 1)[0] ?? '').split('=');
      this.cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), location: response.headers.get('location') };
  }
}

/** The hidden fields of a form of a page. */
export function hiddenOf({ text }: Answer, action: string): Record<string, string> {
  const form = new RegExp(`<form[^>]* action="${action}"[^]*?</form>`).exec(text)?.[0] ?? '';
  const fields = form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]));
}

import type { Caller } from './caller.js';
import type { Who } from './route-table.js';
import type { AgencyId, Scene } from './scene.js';
import type { Route } from './walk.js';
import type { Role } from '../../src/staff/roles.js';

/** Those who ask, each signed in when first needed. */
export class People {
  private readonly signedIn = new Map<Who, Caller>();

  constructor(private readonly scene: Scene) {}

  /** One of those who may call a route; where nobody may, an officer. */
  async oneWhoMay({ may }: Route): Promise<Caller> {
    if (may === 'public' || may === 'before signing in') return this.as('nobody');
    return this.as(may === 'signed in' ? 'disclosure_officer@msd' : (may[0] ?? 'officer@msd'));
  }

  async as(who: Who | 'nobody'): Promise<Caller> {
    if (who === 'nobody') return this.stranger();
    const known = this.signedIn.get(who);
    if (known) return known;
    const [role, agency] = who.split('@') as [Role, AgencyId];
    const caller = await this.scene.as(agency, role);
    this.signedIn.set(who, caller);
    return caller;
  }

  private nobody: Caller | undefined;

  /** Somebody with no session and a token for forms. */
  private async stranger(): Promise<Caller> {
    if (this.nobody) return this.nobody;
    const caller = this.scene.nobody();
    const page = await caller.call('GET', '/staff/sign-in');
    caller.csrf = /name="csrf-token" content="([^"]+)"/.exec(page.body)?.[1] ?? '';
    return (this.nobody = caller);
  }
}

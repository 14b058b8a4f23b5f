import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { promiseWebhook } from '../agencies/promise-webhook.js';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Conflict, Forbidden, Invalid } from '../web/errors.js';
import { webhookState, type WebhookState } from './webhook-state.js';
import { webhookTarget, type TargetProblem } from './webhook-target.js';
import { maySetWebhook } from './webhook.policy.js';

/** In English; a page says it in its language by the code. */
const WHY: Readonly<Record<TargetProblem, string>> = {
  not_a_url: 'Enter a full address, such as https://cases.agency.govt.nz/onedoor',
  credentials: 'The address must not hold a user name or a password',
  not_https: 'The address must begin with https://',
  other_port: 'The address must not name a port',
  private_address: 'The address must be one of the public Internet',
};

/** What an agency's administrator sees. */
export interface OwnWebhook extends WebhookState {
  readonly url: string;
}

/** Where agencies' own systems are called: set, tried, removed. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /**
   * @returns null where the actor's agency has none
   * @throws {Forbidden} when the actor may not know
   */
  async read(actor: StaffActor): Promise<OwnWebhook | null> {
    return this.#as(actor, async (manager) => {
      const [state] = await webhookState(manager, actor.agencyId);
      const [row] = await manager.query<{ url: string | null }[]>('SELECT own_webhook_url() AS url');
      await append(manager, { action: 'webhook.viewed', actor });
      return state && row && row.url !== null ? { ...state, url: row.url } : null;
    });
  }

  /**
   * Says where the system of the actor's agency is called, and switches it on.
   *
   * @throws {Forbidden} when the actor may not
   * @throws {Invalid} `webhook_…` with the reason, where it may not be called
   */
  async set(actor: StaffActor, url: string): Promise<void> {
    await this.#as(actor, async (manager) => {
      const target = webhookTarget(url.trim(), this.settings.webhookPrivateHosts);
      if (typeof target === 'string') {
        throw new Invalid([{ field: 'url', code: `webhook_${target}`, message: WHY[target] }]);
      }
      await manager.query(
        `INSERT INTO webhook_endpoints (agency_id, url) VALUES ($1, $2)
         ON CONFLICT (agency_id) DO UPDATE SET url = $2, active = true, failures = 0, error_code = NULL`,
        [actor.agencyId, target.url.href],
      );
      // The host: the log must say where an agency's cases went. The rest of the address may be a password of theirs.
      await append(manager, { action: 'webhook.set', actor, subject: target.hostname.slice(0, 128) });
    });
  }

  /**
   * Promises a call that says nothing.
   *
   * @throws {Forbidden} when the actor may not
   * @throws {Conflict} `no_webhook` where there is none that is switched on, `test_waiting` while one is still to be made
   */
  async test(actor: StaffActor): Promise<void> {
    await this.#as(actor, async (manager) => {
      // Locked, or two who press at once would have two under way.
      await manager.query('SELECT FROM webhook_endpoints WHERE agency_id = $1 FOR UPDATE', [actor.agencyId]);
      const waiting = await manager.query<unknown[]>(
        `SELECT FROM webhook_calls WHERE agency_id = $1 AND event = 'test' LIMIT 1`,
        [actor.agencyId],
      );
      if (waiting.length > 0) throw new Conflict('test_waiting', 'A test call is still on its way. Look again soon.');
      if (!(await promiseWebhook(manager, { agencyId: actor.agencyId, event: 'test' }))) {
        throw new Conflict('no_webhook', 'There is no address that is switched on. Save one first.');
      }
      await append(manager, { action: 'webhook.tested', actor });
    });
  }

  /**
   * Forgets the address. Calls that wait are not made; what they were about lies in the inbox.
   *
   * @throws {Forbidden} when the actor may not
   */
  async remove(actor: StaffActor): Promise<void> {
    await this.#as(actor, async (manager) => {
      await manager.query(`DELETE FROM webhook_endpoints WHERE agency_id = $1`, [actor.agencyId]);
      await append(manager, { action: 'webhook.removed', actor });
    });
  }

  #as<T>(actor: StaffActor, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!maySetWebhook(actor)) throw new Forbidden();
    return this.database.asActor(actor, work);
  }
}

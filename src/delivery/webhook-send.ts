import type { EntityManager } from 'typeorm';
import type { ServiceKeys } from '../../config/service-keys.js';
import { currentReaders } from '../agencies/readers.js';
import type { WebhookEvent } from '../agencies/webhook-call.entity.js';
import { append } from '../audit/audit.js';
import { JobFailure } from '../queue/job-failure.js';
import type { FailedRun } from '../queue/job-registry.js';
import type { OutboxJob } from '../queue/outbox.js';
import { dayInAuckland } from '../web/day.js';
import { bundleOf } from './webhook-bundle.js';
import type { WebhookClient } from './webhook-client.js';
import { sealBundle, signWebhook } from './webhook-token.js';
import type { WebhookTurns } from './webhook-turns.js';

const ACTOR = { kind: 'system', name: 'delivery' } as const;
const BUSY = 'webhook_busy';

/** What calls are made with. */
export interface WebhookTools {
  readonly client: WebhookClient;
  readonly turns: WebhookTurns;
  readonly keys: ServiceKeys;
  /** Origin of this service. */
  readonly issuer: string;
}

interface Call {
  readonly id: string;
  readonly agencyId: string;
  readonly event: WebhookEvent;
  readonly caseId: string | null;
  readonly itemId: string | null;
  readonly url: string | null;
  readonly failures: number | null;
}

/**
 * Makes a promised call. What it says is read now and not when it was promised; where the agency no longer has the case,
 * or has switched its system off, nothing is sent. A crash after the answer makes the same call again, with the same id
 * and a new time.
 *
 * @throws {JobFailure} `webhook_busy` while it is others' turn, else why the call was not taken
 */
export async function sendWebhook(manager: EntityManager, job: OutboxJob, tools: WebhookTools): Promise<void> {
  const [call] = await manager.query<Call[]>(
    `SELECT c.id, c.agency_id AS "agencyId", c.event, c.case_id AS "caseId", c.item_id AS "itemId", e.url, e.failures
       FROM webhook_calls c LEFT JOIN webhook_endpoints e ON e.agency_id = c.agency_id AND e.active
      WHERE c.id = $1`,
    [job.id],
  );
  if (!call) return;
  if (call.url !== null) {
    const sealed = await sealedFor(manager, call);
    if (call.event === 'test' || sealed !== null) {
      const done = await tryCall(tools, call, call.url, sealed);
      await noteCall(manager, call, done);
    }
  }
  await manager.query(`DELETE FROM webhook_calls WHERE id = $1`, [call.id]);
}

/** Takes note of a call that failed. Who answers that they are gone for good is called no more. */
export async function webhookFailed(manager: EntityManager, job: OutboxJob, run: FailedRun): Promise<void> {
  if (run.code === BUSY) return; // nobody was called
  const gone = run.code === 'webhook_gone';
  const [rows] = await manager.query<[{ agencyId: string }[], number]>(
    `UPDATE webhook_endpoints e SET failures = e.failures + 1, error_code = $2, active = e.active AND NOT $3
       FROM webhook_calls c WHERE c.id = $1 AND e.agency_id = c.agency_id RETURNING e.agency_id AS "agencyId"`,
    [job.id, run.code, gone],
  );
  const [endpoint] = rows;
  if (!endpoint) return;
  const { agencyId } = endpoint;
  if (gone) await append(manager, { action: 'webhook.gone', actor: ACTOR, agencyId, dayOnly: true });
  if (!run.dead) return;
  const about = job.caseId === null ? {} : { caseId: job.caseId };
  await append(manager, {
    action: 'webhook.given_up',
    actor: ACTOR,
    agencyId,
    ...about,
    subject: job.id,
    dayOnly: true,
  });
}

/** @returns null where there is nothing to send */
async function sealedFor(manager: EntityManager, { caseId, agencyId, itemId }: Call): Promise<string | null> {
  if (caseId === null) return null;
  const bundle = await bundleOf(manager, { caseId, agencyId, itemId });
  if (!bundle) return null;
  const reader = (await currentReaders(manager, agencyId))?.complaints[0];
  if (!reader) throw new JobFailure('webhook_no_key', { permanent: true });
  return sealBundle(bundle, reader);
}

/**
 * @returns null when it was taken, or why a test was not: a test is told of and not repeated
 */
async function tryCall(tools: WebhookTools, call: Call, url: string, sealed: string | null): Promise<string | null> {
  const end = tools.turns.take(call.agencyId, (call.failures ?? 0) > 0);
  if (!end) throw new JobFailure(BUSY);
  try {
    const { id, event, agencyId: audience } = call;
    const body = await signWebhook(tools.keys.webhooks, { issuer: tools.issuer, audience, id, event, sealed });
    await tools.client.post(url, body);
    return null;
  } catch (error) {
    if (call.event === 'test' && error instanceof JobFailure && !error.permanent) return error.code;
    throw error;
  } finally {
    end();
  }
}

async function noteCall(manager: EntityManager, call: Call, failed: string | null): Promise<void> {
  await manager.query(
    failed === null
      ? `UPDATE webhook_endpoints SET failures = 0, error_code = NULL, last_delivered_on = $2 WHERE agency_id = $1`
      : `UPDATE webhook_endpoints SET failures = failures + 1, error_code = $2 WHERE agency_id = $1`,
    [call.agencyId, failed ?? dayInAuckland()],
  );
  if (failed !== null) return;
  // The day alone: it follows at once on what a reporter did.
  await append(manager, {
    action: 'webhook.delivered',
    actor: ACTOR,
    agencyId: call.agencyId,
    ...(call.caseId === null ? {} : { caseId: call.caseId }),
    subject: call.id,
    dayOnly: true,
  });
}

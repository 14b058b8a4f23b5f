import { compactDecrypt, importJWK, type JWK } from 'jose';
import { join } from 'node:path';
import { loadServiceKeys, type ServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { CasesProcessor } from '../../src/cases/cases.processor.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { DeliveryProcessor } from '../../src/delivery/delivery.processor.js';
import { MailTexts } from '../../src/delivery/mail-text.js';
import { Mailer } from '../../src/delivery/mailer.js';
import { WebhookClient, WebhookReach } from '../../src/delivery/webhook-client.js';
import { WebhookProcessor } from '../../src/delivery/webhook.processor.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { Translations } from '../../src/web/translations.js';
import { openWorker, Watcher, type TestWorker, type TestWorkerOptions } from '../carry/worker.js';
import { seal } from '../client/client.js';
import { FACETS, readersOf, submit } from '../intake/door.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import type { Receiver } from './receiver.js';
import { WebhookReader } from './receiver.js';

export const AGENCY = 'msd';
export const IDENTITY = { identity: 'Hōne, 021 000 000' };

/** The whole application without its worker, an agency with a system of its own, and workers to be started. */
export interface Scene {
  readonly app: TestApp;
  readonly watcher: Watcher;
  readonly keys: ServiceKeys;
  readonly officers: readonly EnrolledStaffMember[];
  readonly agencyKey: JWK;
  /** Settings of a worker that may call this receiver. */
  environment(receiver: Receiver): Record<string, string>;
  reader(): WebhookReader;
  /** Starts a worker whose calls may reach the receiver. */
  work(receiver: Receiver, options?: WorkOptions): Promise<TestWorker>;
  /** Stops every worker. */
  stopWorkers(): Promise<void>;
  /** Has the agency's system called at the receiver. */
  register(receiver: Receiver, path?: string): Promise<void>;
  /** Lodges a complaint through the door; the case's id. */
  lodge(says: string): Promise<string>;
  /** The receipt of a case that was lodged here. */
  receiptOf(id: string): string;
  /** Stops every worker and forgets what was promised. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

interface WorkOptions extends Pick<TestWorkerOptions, 'timings'> {
  readonly reach?: Partial<WebhookReach>;
  readonly smtpUrl?: string;
}

export async function openScene(): Promise<Scene> {
  const app = await startApp({ ROLE: 'web' });
  const watcher = new Watcher(app.database.ownerUrl);
  const officers = await openTestAgency(app, AGENCY);
  await openTestAgency(app, 'triage');
  const keys = await loadServiceKeys(join(app.home, 'service-keys'), { createIfMissing: false });
  const agencyKey = await agencyKeyOf(watcher, officers);
  const readers = await readersOf(app, AGENCY);
  const workers: TestWorker[] = [];
  const receipts = new Map<string, string>();
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  const environment = (receiver: Receiver): Record<string, string> => ({
    ROLE: 'worker',
    ONEDOOR_HOME: app.home,
    PUBLIC_ORIGIN: app.publicOrigin,
    STAFF_ORIGIN: app.staffOrigin,
    WEBHOOK_PRIVATE_HOSTS: receiver.host,
  });
  return {
    app,
    watcher,
    keys,
    officers,
    agencyKey,
    environment,
    reader: () =>
      new WebhookReader({
        keys: `${app.publicOrigin}/api/v1/keys`,
        issuer: app.publicOrigin,
        audience: AGENCY,
        agencyKey,
      }),
    work: async (receiver, { timings, reach, smtpUrl } = {}) => {
      const settings = loadSettings({ ...environment(receiver), SMTP_URL: smtpUrl });
      const worker = await openWorker({
        databaseUrl: app.database.applicationUrl,
        home: app.home,
        timings: { attempts: 14, backoff: 10, ...timings },
        handlers: (registry) => {
          new CasesProcessor(registry, loadDirectory());
          new DeliveryProcessor(registry, new Mailer(settings), new MailTexts(new Translations(), settings), keys);
          new WebhookProcessor(
            registry,
            new WebhookClient(settings, Object.assign(new WebhookReach(), reach)),
            keys,
            settings,
          );
        },
      });
      workers.push(worker);
      await worker.runner.start();
      return worker;
    },
    register: async (receiver, path = '/onedoor') => {
      await watcher.rows(
        `INSERT INTO webhook_endpoints (agency_id, url) VALUES ($1, $2)
         ON CONFLICT (agency_id) DO UPDATE SET url = excluded.url, active = true, failures = 0, error_code = NULL,
                                               last_delivered_on = NULL`,
        [AGENCY, receiver.origin + path],
      );
    },
    lodge: async (says) => {
      const statement = { whatHappened: says };
      const { parts, receipt } = await seal({
        receiver: AGENCY,
        readers,
        day: todayInAuckland(),
        statement,
        identity: IDENTITY,
      });
      const response = await submit(app, { facets: FACETS, ...parts });
      if (response.status !== 201) throw new Error(`the door answered ${response.status.toString()}`);
      const id = (parts.sealed as { case: string }).case;
      receipts.set(id, receipt);
      return id;
    },
    receiptOf: (id) => receipts.get(id) ?? '',
    stopWorkers,
    rest: async () => {
      await stopWorkers();
      await watcher.rows('TRUNCATE outbox, notices, webhook_calls');
      await watcher.rows('DELETE FROM webhook_endpoints');
    },
    close: async () => {
      await watcher.close();
      await app.close();
    },
  };
}

/** The agency's private key as its system holds it: enrolled like an officer, it opens its grant with a key of its own. */
async function agencyKeyOf(watcher: Watcher, officers: readonly EnrolledStaffMember[]): Promise<JWK> {
  const [officer] = officers;
  const [grant] = await watcher.rows<{ jwe: string }>('SELECT jwe FROM agency_key_grants WHERE staff_id = $1', [
    officer?.actor.staffId,
  ]);
  const own = await importJWK({ ...officer?.agreement.privateJwk }, 'ECDH-ES+A256KW');
  const { plaintext } = await compactDecrypt(grant?.jwe ?? '', own);
  return JSON.parse(Buffer.from(plaintext).toString()) as JWK;
}

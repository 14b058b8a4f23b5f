import { Injectable } from '@nestjs/common';
import { ServiceKeys } from '../../config/service-keys.js';
import { Settings } from '../../config/settings.js';
import { JobRegistry } from '../queue/job-registry.js';
import { WebhookClient } from './webhook-client.js';
import { sendWebhook, webhookFailed } from './webhook-send.js';
import { WebhookTurns } from './webhook-turns.js';

/** The calls to agencies' own systems that come through the queue. */
@Injectable()
export class WebhookProcessor {
  constructor(jobs: JobRegistry, client: WebhookClient, keys: ServiceKeys, settings: Settings) {
    const turns = new WebhookTurns();
    jobs.handle('delivery', 'webhook', {
      run: (manager, job) => sendWebhook(manager, job, { client, turns, keys, issuer: settings.publicOrigin }),
      failed: (manager, job, run) => webhookFailed(manager, job, run),
    });
  }
}

import process from 'node:process';
import { loadServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { WebhookClient, WebhookReach } from '../../src/delivery/webhook-client.js';
import { sendWebhook } from '../../src/delivery/webhook-send.js';
import { WebhookTurns } from '../../src/delivery/webhook-turns.js';
import { openWorker } from '../carry/worker.js';

/* A worker process whose call was answered, that says so before it commits, and waits to be killed. */
const settings = loadSettings(process.env);
const keys = await loadServiceKeys(process.env.WEBHOOK_KEYS ?? '', { createIfMissing: false });
const tools = {
  client: new WebhookClient(settings, new WebhookReach()),
  turns: new WebhookTurns(),
  keys,
  issuer: settings.publicOrigin,
};
const worker = await openWorker({
  databaseUrl: settings.DATABASE_URL ?? '',
  handlers: (registry) => {
    registry.handle('delivery', 'webhook', {
      run: async (manager, job) => {
        await sendWebhook(manager, job, tools);
        process.stdout.write('answered\n');
        await new Promise(() => undefined);
      },
    });
  },
});
await worker.runner.start();

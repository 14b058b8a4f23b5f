import 'reflect-metadata';
import process from 'node:process';
import { loadSettings } from '../config/settings.js';
import { AgenciesService } from './agencies/agencies.service.js';
import { start } from './start.js';

await start(
  () => loadSettings(process.env),
  async ({ app, origins }) => {
    if (!origins) {
      process.stdout.write('ready worker\n');
      return;
    }
    process.stdout.write(`ready ${origins.publicOrigin}\nstaff ${origins.staffOrigin}\n`);
    const invitation = await app.get(AgenciesService).bootstrapInvitation();
    if (invitation) process.stdout.write(`first administrator, one use, seven days: ${invitation.link}\n`);
  },
);

import 'reflect-metadata';
import { loadSettings } from '../config/settings.js';
import { boot } from './boot.js';
import { AgenciesService } from './agencies/agencies.service.js';
import { stopOnSignal } from './web/stop-on-signal.js';

try {
  const settings = loadSettings(process.env);
  const running = await boot(settings);
  stopOnSignal(() => running.close());
  if (running.origins) {
    const { publicOrigin, staffOrigin } = running.origins;
    process.stdout.write(`ready ${publicOrigin}\nstaff ${staffOrigin}\n`);
    const invitation = await running.app.get(AgenciesService).bootstrapInvitation();
    if (invitation) process.stdout.write(`first administrator, one use, seven days: ${invitation.link}\n`);
  } else {
    process.stdout.write('ready worker\n');
  }
} catch (error) {
  // Only our own sentences are repeated: a driver's message may hold an address or a password.
  const known = error instanceof Error && /^(Settings|EmbeddedPostgres|Data)Error$/.test(error.name);
  process.stderr.write(`OneDoor could not start: ${known ? error.message : 'an unexpected error.'}\n`);
  process.exitCode = 1;
}

import { loadSettings } from '../../config/settings.js';
import { totpCode } from '../staff/totp.js';
import { readWaysIn } from './ways-in.js';

const [, , username] = process.argv;
const ways = await readWaysIn(loadSettings({ ONEDOOR_HOME: process.env.ONEDOOR_HOME }).ONEDOOR_HOME);
const officers = ways?.officers ?? [];
const way = officers.find((one) => one.username === username);
if (way) {
  process.stdout.write(`${totpCode(way.totpSecret)}\n`);
} else {
  process.stderr.write(
    `Name one of: ${officers.map((one) => one.username).join(', ') || 'nobody yet; run npm run demo'}\n`,
  );
  process.exitCode = 1;
}

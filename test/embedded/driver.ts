import process from 'node:process';
import { createInterface } from 'node:readline';
import { startEmbeddedPostgres } from '../../config/embedded-postgres.js';

// The smallest server: starts PostgreSQL for the home it is given, says where it is, and stops it when a line comes in.
process.on('SIGTERM', () => undefined);
try {
  const { ownerUrl, applicationUrl, port, stop } = await startEmbeddedPostgres(process.argv[2] ?? 'var');
  process.stdout.write(`${JSON.stringify({ ownerUrl, applicationUrl, port })}\n`);
  createInterface(process.stdin).once('line', () => {
    void stop().then(() => process.exit(0));
  });
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' })}\n`,
  );
  process.exitCode = 1;
}

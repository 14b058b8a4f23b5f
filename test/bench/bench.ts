import 'reflect-metadata';
import process from 'node:process';
import { benchFigures } from './bench-figures.js';
import { benchInbox } from './bench-inbox.js';
import { benchLodge } from './bench-lodge.js';
import { benchRoute } from './bench-route.js';
import { BenchStand, type Found } from './bench-stand.js';

/** Measurements by name; each answers with what the last line says, and whether its goal was reached. */
const BENCHES: Readonly<Record<string, (stand: BenchStand) => Promise<Found>>> = {
  lodge: benchLodge,
  inbox: benchInbox,
  route: benchRoute,
  figures: benchFigures,
};

const [name = ''] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  process.stderr.write('Say what to measure: npm run bench -- lodge|inbox|route|figures\n');
  process.exitCode = 2;
} else {
  await run(name, bench);
}

async function run(name: string, bench: (stand: BenchStand) => Promise<Found>): Promise<void> {
  const opening = BenchStand.open();
  // Whatever is being started is waited for, so that nothing is left behind.
  const interrupted = (): void => {
    void opening.then((stand) => stand.close()).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const stand = await opening;
  try {
    const found = await bench(stand);
    await stand.close();
    process.stdout.write(`${JSON.stringify({ bench: name, ...found })}\n`);
    process.exitCode = found.met ? 0 : 1;
  } finally {
    await stand.close();
  }
}

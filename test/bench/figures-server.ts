import { join } from 'node:path';
import { createDataSource } from '../../config/data-source.js';
import { Database } from '../../config/database.js';
import { loadServiceKeys } from '../../config/service-keys.js';
import { loadSettings } from '../../config/settings.js';
import { Counter } from '../../src/insight/counting/counter.js';
import { ReadCubes } from '../../src/insight/cubes/read-cubes.js';
import { FigureKeys } from '../../src/insight/cubes/figure-keys.js';
import { openLog } from '../../src/web/log.js';
import type { BenchStand } from './bench-stand.js';

/** What counts and reads figures in a server, on a database of the stand. */
export interface FiguresServer {
  readonly database: Database;
  readonly counter: Counter;
  readonly cubes: ReadCubes;
  readonly keys: FigureKeys;
  close(): Promise<void>;
}

/** Takes a database of the stand into use. It ends with the stand, or before. */
export async function openFiguresServer(stand: BenchStand, database: string): Promise<FiguresServer> {
  const keys = await loadServiceKeys(join(stand.home, 'service-keys'), { createIfMissing: false });
  const dataSource = createDataSource(stand.url('application', database), []);
  await dataSource.initialize();
  const close = async (): Promise<void> => {
    if (dataSource.isInitialized) await dataSource.destroy();
  };
  stand.owns(close);
  const settings = loadSettings({ DATABASE_URL: stand.url('application', database), ONEDOOR_HOME: stand.home });
  const served = new Database(dataSource, settings.TRIAGE_AGENCY);
  return {
    database: served,
    counter: new Counter(served, keys, settings, openLog('silent')),
    cubes: new ReadCubes(served, keys),
    keys: new FigureKeys(keys.serverSecret),
    close,
  };
}

import type { BenchStand } from './bench-stand.js';
import { ask } from './child-messages.js';
import type { LodgerLoad, LodgerResult, LodgerRun } from './lodger.js';
import { recordStatements, type Statement } from './recorded-statements.js';

/** Lodges two of the pool: one to warm up, one whose statements are recorded. */
export async function recordLodging(
  stand: BenchStand,
  requests: { origin: string; file: string; facets: object },
): Promise<Statement[]> {
  const lodger = stand.fork('lodger.ts');
  const lodgeNext = async (from: number): Promise<void> => {
    await ask(lodger, { load: { ...requests, from, to: from + 1 } } satisfies LodgerLoad);
    const { count, errors } = await ask<LodgerResult>(lodger, {
      run: { connections: 1, seconds: 5 },
    } satisfies LodgerRun);
    if (count !== 1) throw new Error(`The application does not take the submissions: ${JSON.stringify(errors)}`);
  };
  await lodgeNext(0);
  const statements = await recordStatements(() => lodgeNext(1));
  lodger.disconnect();
  return statements;
}

import process from 'node:process';
import { Client } from 'pg';
import { answerQuestions } from './child-messages.js';
import { latenciesOf, type Latencies } from './latencies.js';
import { repeat, type Statement } from './recorded-statements.js';

/** One transaction's statements, and how to repeat them. */
export interface ToReplay {
  readonly url: string;
  readonly statements: readonly Statement[];
  readonly connections: number;
  readonly seconds: number;
}

export interface ReplayResult {
  readonly count: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** Milliseconds of a core that one transaction cost its client. */
  readonly cpuEach: number;
  readonly latencies: Latencies;
}

answerQuestions(async ({ url, statements, connections, seconds }: ToReplay): Promise<ReplayResult> => {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const next = repeat(statements);
  const times: number[] = [];
  const usedBefore = process.cpuUsage();
  const began = performance.now();
  const until = began + seconds * 1000;
  const replay = async (client: Client): Promise<void> => {
    while (performance.now() < until) {
      const transaction = next();
      const sent = performance.now();
      for (const { name, text, values } of transaction) {
        await client.query(name === undefined ? { text, values: [...values] } : { name, text, values: [...values] });
      }
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(clients.map(replay));
  const { user, system } = process.cpuUsage(usedBefore);
  const took = (performance.now() - began) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  const cpuEach = (user + system) / 1000 / times.length;
  return { count: times.length, cpuEach, perSecond: times.length / took, seconds: took, latencies: latenciesOf(times) };
});

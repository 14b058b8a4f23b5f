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
  readonly transactions: number;
  readonly perSecond: number;
  readonly latencies: Latencies;
}

answerQuestions<ToReplay>(async ({ url, statements, connections, seconds }): Promise<ReplayResult> => {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const next = repeat(statements);
  const times: number[] = [];
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
  const took = (performance.now() - began) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return { transactions: times.length, perSecond: times.length / took, latencies: latenciesOf(times) };
});

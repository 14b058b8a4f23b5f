import { readEntry } from '../../vault/key-log.js';
import { readHead, type WitnessedHead } from '../../vault/key-heads.js';
import { readJws } from '../../vault/form.js';
import type { PublishedReaders } from './published-readers.js';
import { foundBy, type LogToVerify } from './verify-log.js';

const AT_ONCE = 1_000;

/** A log as it is served, with the readers that senders are given. */
export interface ServedLog extends LogToVerify {
  /** The newest head that witnesses have seen. */
  readonly witnessed: string | null;
  readonly published: readonly PublishedReaders[];
}

/** The log as a running server shows it to anybody; of its heads the newest, and the newest that witnesses have seen. */
export async function servedLogToVerify(origin: string): Promise<ServedLog> {
  const ask = <T>(path: string): Promise<T> => askServer<T>(origin, `/key-log${path}`);
  const published = await publishedReaders(origin);
  const { newest, witnessed } = await ask<Record<'newest' | 'witnessed', WitnessedHead | null>>('');
  const texts: string[] = [];
  for (let page: string[] = []; texts.length === 0 || page.length === AT_ONCE; texts.push(...page)) {
    page = (await ask<{ entries: string[] }>(`/entries?from=${texts.length.toString()}`)).entries;
    if (page.length === 0) break;
  }
  const shown = [witnessed, newest].filter((one) => one !== null);
  const heads = shown.filter(({ head }, at) => shown.findIndex((other) => other.head === head) === at);
  return {
    entries: texts.map((entry, position) => {
      const read = readEntry(entry);
      return { ...foundBy(read), act: read.act, position, entry };
    }),
    heads: heads.map(({ head }, at) => ({ number: at + 1, size: readHead(head).size, head })),
    cosignatures: heads.flatMap(({ cosignatures }, at) =>
      cosignatures.map((cosignature) => {
        const { kid } = readJws(cosignature, cosignature.length).header;
        return { head: at + 1, witness: typeof kid === 'string' ? kid : '', cosignature };
      }),
    ),
    keys: null,
    days: null,
    witnessed: witnessed?.head ?? null,
    published,
  };
}

/** Asked for first: a key that is published is in the log already, and one that comes meanwhile is not due yet. */
async function publishedReaders(origin: string): Promise<PublishedReaders[]> {
  const { agencies } = await askServer<{ agencies: { id: string; connected: boolean }[] }>(origin, '/agencies');
  const published: PublishedReaders[] = [];
  for (const { id } of agencies.filter(({ connected }) => connected)) {
    published.push(await askServer<PublishedReaders>(origin, `/agencies/${id}/readers`));
  }
  return published;
}

async function askServer<T>(origin: string, path: string): Promise<T> {
  const answer = await fetch(new URL(`/api/v1${path}`, origin), { redirect: 'error' });
  if (!answer.ok) throw new TypeError('no answer');
  return (await answer.json()) as T;
}

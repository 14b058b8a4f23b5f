import { readEntry } from '../../vault/key-log.js';
import { readHead, type WitnessedHead } from '../../vault/key-heads.js';
import { readJws } from '../../vault/form.js';
import type { LogToVerify } from './verify-log.js';

const AT_ONCE = 1_000;

/** The log as a running server shows it to anybody; of its heads the newest, and the newest that witnesses have seen. */
export async function servedLogToVerify(origin: string): Promise<LogToVerify> {
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(new URL(`/api/v1/key-log${path}`, origin), { redirect: 'error' });
    if (!answer.ok) throw new TypeError('no answer');
    return (await answer.json()) as T;
  };
  const { newest, witnessed } = await ask<Record<'newest' | 'witnessed', WitnessedHead | null>>('');
  const texts: string[] = [];
  for (let page: string[] = []; texts.length === 0 || page.length === AT_ONCE; texts.push(...page)) {
    page = (await ask<{ entries: string[] }>(`/entries?from=${texts.length.toString()}`)).entries;
    if (page.length === 0) break;
  }
  const shown = [witnessed, newest].filter((one) => one !== null);
  const heads = shown.filter(({ head }, at) => shown.findIndex((other) => other.head === head) === at);
  return {
    entries: texts.map((entry, position) => ({ ...readEntry(entry), position, entry })),
    heads: heads.map(({ head }, at) => ({ number: at + 1, size: readHead(head).size, head })),
    cosignatures: heads.flatMap(({ cosignatures }, at) =>
      cosignatures.map((cosignature) => {
        const { kid } = readJws(cosignature, cosignature.length).header;
        return { head: at + 1, witness: typeof kid === 'string' ? kid : '', cosignature };
      }),
    ),
    keys: null,
  };
}

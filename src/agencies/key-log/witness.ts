import { CompactRange } from '../../audit/compact-range.js';
import { leafHash } from '../../audit/merkle.js';
import {
  continues,
  headText,
  readHead,
  verifyHead,
  type HashPath,
  type KeyHead,
  type WitnessedHead,
} from '../../vault/key-heads.js';
import { readEntry, StandingKeys } from '../../vault/key-log.js';
import { readPublicJwk, thumbprint, type PublicJwk } from '../../vault/keys.js';
import { orNull, VaultError } from '../../vault/suite.js';
import { cosign } from './sign-head.js';
import { treeOf, written } from './stored-log.js';
import type { Seen, WitnessState } from './witness-state.js';

/** Milliseconds by which a head's time may be ahead of the witness's clock, or behind it. */
const MOST_AHEAD = 10 * 60_000;
const MOST_BEHIND = 2 * 86_400_000;

/** How a witness asks a log, as its public API answers. */
export interface AskLog {
  /** @returns null where the log says that there is nothing */
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<void>;
}

/** What one look came to. */
export type Look =
  | { readonly came: 'cosigned'; readonly head: KeyHead }
  | { readonly came: 'refused'; readonly why: Refusal }
  | { readonly came: 'second_history'; readonly evidence: string };

/** Why a head was not signed, short of a second history. */
type Refusal = 'no_head' | 'other_log' | 'head_forged' | 'older_than_seen' | 'clock' | 'standing_wrong';

/**
 * Looks at a log once: fetches its newest head, makes sure that it continues what was seen before and says of every key
 * what its entries say, remembers it, and only then signs. Whatever ends it half-way, it has signed nothing that it would
 * not remember.
 *
 * @param expected the log's key, where it was given; else the one of the first look is believed from then on
 * @throws whatever `ask` throws
 */
export async function look(
  state: WitnessState,
  ask: AskLog,
  { expected, now = Date.now() }: { readonly expected?: PublicJwk | undefined; readonly now?: number } = {},
): Promise<Look> {
  const seen = await state.seen();
  const { newest, pins } = (await ask.get('')) as { newest: WitnessedHead | null; pins: { log: PublicJwk } };
  const log = seen?.log ?? expected ?? readPublicJwk(pins.log);
  if (expected && (await thumbprint(expected)) !== (await thumbprint(log))) return refused('other_log');
  if (!newest) return refused('no_head');
  const head = await orNull(verifyHead(newest.head, log));
  if (!head) return refused('head_forged');
  const before = seen && readHead(seen.head);
  if (before && (await isOlder(head, before, ask))) return refused('older_than_seen');
  if (before && !(await isContinued(before, head, ask))) {
    return { came: 'second_history', evidence: await state.keepEvidence({ seen: seen.head, shown: newest.head }) };
  }
  const age = now - Date.parse(head.at);
  if (age > MOST_BEHIND || age < -MOST_AHEAD) return refused('clock');
  const known = await follow(seen, head, ask);
  if (known === 'other_past') {
    return { came: 'second_history', evidence: await state.keepEvidence({ seen: seen?.head, shown: newest.head }) };
  }
  if (known === 'standing_wrong') return refused('standing_wrong');
  await state.remember({ log, head: newest.head, ...known });
  await ask.post('/cosignatures', { cosignature: await cosign(newest.head, state.signer) });
  return { came: 'cosigned', head };
}

function refused(why: Refusal): Look {
  return { came: 'refused', why };
}

/** An old head of the same history is stale, and no crime. */
async function isOlder(head: KeyHead, before: KeyHead, ask: AskLog): Promise<boolean> {
  if (head.size > before.size || (head.size === before.size && Date.parse(head.at) >= Date.parse(before.at)))
    return false;
  return isShown(head, before, ask);
}

async function isContinued(before: KeyHead, head: KeyHead, ask: AskLog): Promise<boolean> {
  if (head.size < before.size) return false;
  // Two heads of one moment would be two histories whatever they say.
  if (head.at === before.at && headText(head) !== headText(before)) return false;
  if (head.size === before.size) return head.root === before.root && head.standing === before.standing;
  return isShown(before, head, ask);
}

/** Whether the log shows that one head continues another. One that shows nothing has not shown it. */
async function isShown(earlier: KeyHead, later: KeyHead, ask: AskLog): Promise<boolean> {
  if (earlier.size === later.size) return continues(earlier, later, []);
  const query = `?from=${earlier.size.toString()}&to=${later.size.toString()}`;
  const answer = (await ask.get(`/consistency${query}`)) as { path: HashPath } | null;
  return answer !== null && continues(earlier, later, answer.path);
}

/** Follows the log entry by entry up to a head. */
async function follow(
  seen: Seen | null,
  head: KeyHead,
  ask: AskLog,
): Promise<Pick<Seen, 'edge' | 'standing'> | 'other_past' | 'standing_wrong'> {
  const from = seen ? readHead(seen.head).size : 0;
  let edge = CompactRange.fromBytes(from, Buffer.from(seen?.edge ?? '', 'base64url'));
  const standing = new StandingKeys();
  const adding = new Map<string, string>();
  const take = (text: string): void => {
    const entry = readEntry(text);
    standing.take(entry);
    const name = entry.act === 'lodged' ? 'lodged' : `${entry.agency} ${entry.use} ${entry.kid}`;
    // Of the days the last one is kept, which the next must follow.
    if (entry.act === 'retired') adding.delete(name);
    else adding.set(name, text);
  };
  try {
    for (const entry of seen?.standing ?? []) take(entry);
    while (edge.size < head.size) {
      const { entries } = (await ask.get(`/entries?from=${edge.size.toString()}`)) as { entries: string[] };
      const wanted = entries.slice(0, head.size - edge.size);
      if (wanted.length === 0) return 'other_past';
      wanted.forEach(take);
      edge = edge.append(wanted.map((entry) => leafHash(Buffer.from(entry))));
    }
  } catch (error) {
    if (error instanceof VaultError) return 'standing_wrong';
    throw error;
  }
  if (written(edge.root()) !== head.root) return 'other_past';
  const leaves = await standing.texts();
  if (leaves.length !== head.agencies || written(treeOf(leaves).root) !== head.standing) return 'standing_wrong';
  return { edge: written(edge.toBytes()), standing: [...adding.values()] };
}

import { openPrivateKeys, type HeldKey, type KeyUse } from '../../vault/keys.js';
import { VaultError, type Bytes } from '../../vault/suite.js';
import type { OwnKeys, UnlockingWay } from '../personal-key.js';
import { read, wipe, write } from './key-store.js';

/*
 * Unlocked keys, kept from page to page. They lie in IndexedDB as non-extractable keys, together with a random tag that
 * also lies in sessionStorage, which dies with the tab. Keys whose tag no tab knows were left behind by a browser that
 * was closed, and are wiped. They are wiped as well by locking, by signing out, and after a quarter of an hour in which
 * nobody touched a page.
 *
 * What this does not give: whoever can run a script on this origin, or sits at the unlocked browser, can use the keys
 * while they are there, though not carry them off. A browser that restores its tabs restores the tag too, so then only
 * the idle time stands. And deleting from IndexedDB promises nothing about the disk beneath it.
 */

const IDLE_MS = 15 * 60_000;
const LOOK_EVERY_MS = 10_000;
const NOTE_EVERY_MS = 15_000;
/** A busy machine takes its time; nobody waits but who has no other tab open, and they must unlock anyway. */
const ANSWER_WITHIN_MS = 1_500;
const TAG = 'onedoor-staff-tag';
const UNLOCK = '/staff/unlock';

/** A person's unlocked keys. */
export interface UnlockedKeys {
  readonly staffId: string;
  readonly agreement: HeldKey;
  readonly signing: HeldKey;
  /** Retired agreement keys that still open what was not yet granted again. */
  readonly earlier: readonly HeldKey[];
}

interface Kept extends UnlockedKeys {
  readonly tag: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

type Said = { readonly kind: 'ask' } | { readonly kind: 'tag'; readonly tag: string } | { readonly kind: 'locked' };

const channel = new BroadcastChannel('onedoor-staff');
let watching = false;
let whenHeld: (() => void) | null = null;

channel.addEventListener('message', ({ data }: MessageEvent<Said>) => {
  const tag = sessionStorage.getItem(TAG);
  if (data.kind === 'ask' && tag !== null) tell({ kind: 'tag', tag });
  if (data.kind === 'locked' && watching) goUnlock();
});

/**
 * Opens a person's sealed keys with what one of their ways in unlocks, and keeps them for the pages that follow.
 *
 * @throws {VaultError} when the secret was another one, or what the server gave is not what it says
 */
export async function unlock(keys: OwnKeys, way: UnlockingWay, wrappingKey: Bytes): Promise<void> {
  const open = async (use: KeyUse, kid: string): Promise<HeldKey> => {
    const sealedPrivate = way.sealed.find((sealed) => sealed.kid === kid)?.sealedPrivate ?? '';
    const held = (await openPrivateKeys({ wrappingKey, purpose: 'staff', sealedPrivate }))[use];
    if (held?.kid !== kid) throw new VaultError();
    return held;
  };
  const unlocked: UnlockedKeys = {
    staffId: keys.staffId,
    agreement: await open('agreement', keys.agreement.kid),
    signing: await open('signing', keys.signing.kid),
    earlier: await Promise.all(keys.earlier.map(({ kid }) => open('agreement', kid))),
  };
  const tag = crypto.randomUUID();
  await write({ ...unlocked, tag, usedAt: Date.now() } satisfies Kept);
  sessionStorage.setItem(TAG, tag);
}

/** The unlocked keys, or null when there are none. Reading them starts the watch that locks an idle page. */
export async function unlockedKeys(): Promise<UnlockedKeys | null> {
  const kept = await read<Kept>();
  if (!kept) return null;
  if (kept.tag !== (await ownTag()) || isIdle(kept)) {
    await lock();
    return null;
  }
  await write({ ...kept, usedAt: Date.now() } satisfies Kept);
  watch();
  const { staffId, agreement, signing, earlier } = kept;
  return { staffId, agreement, signing, earlier };
}

/** Forgets the keys, here and in every other tab. */
export async function lock(): Promise<void> {
  sessionStorage.removeItem(TAG);
  await wipe();
  tell({ kind: 'locked' });
}

/** Forgets the keys on the way out: nothing else leads away from this page any more, least of all before it is left. */
export async function lockAndLeave(): Promise<void> {
  // On the page, since each of its scripts has this file for itself.
  document.documentElement.dataset.leaving = 'yes';
  await lock();
}

/**
 * Keeps this page when the keys are locked, since what it holds is nowhere else yet.
 *
 * @param hide takes what was opened off the screen then; null where the page is held no longer
 */
export function holdPage(hide: (() => void) | null): void {
  whenHeld = hide;
  // On the page, since each of its scripts has this file for itself.
  if (hide) document.documentElement.dataset.held = 'yes';
  else delete document.documentElement.dataset.held;
}

/** Leaves this page, with what is open on it, for the one that asks for the passphrase; not one that is held, or being left. */
export function goUnlock(): void {
  const { leaving, held } = document.documentElement.dataset;
  // Unlocked in another tab, this one learns the new tag from it.
  if (held === 'yes') sessionStorage.removeItem(TAG);
  whenHeld?.();
  if (leaving === 'yes' || held === 'yes' || location.pathname === UNLOCK) return;
  document.body.hidden = true;
  location.replace(`${UNLOCK}?next=${encodeURIComponent(location.pathname)}`);
}

/** The tag of this tab; a new tab asks the others for theirs. */
async function ownTag(): Promise<string | null> {
  const own = sessionStorage.getItem(TAG);
  if (own !== null) return own;
  const told = await new Promise<string | null>((resolve) => {
    const answered = ({ data }: MessageEvent<Said>): void => {
      if (data.kind !== 'tag') return;
      stop();
      resolve(data.tag);
    };
    const timer = setTimeout(() => {
      stop();
      resolve(null);
    }, ANSWER_WITHIN_MS);
    const stop = (): void => {
      clearTimeout(timer);
      channel.removeEventListener('message', answered);
    };
    channel.addEventListener('message', answered);
    tell({ kind: 'ask' });
  });
  if (told !== null) sessionStorage.setItem(TAG, told);
  return told;
}

function watch(): void {
  if (watching) return;
  watching = true;
  let notedAt = Date.now();
  const touched = (): void => {
    if (Date.now() - notedAt < NOTE_EVERY_MS) return;
    notedAt = Date.now();
    void note();
  };
  for (const event of ['pointerdown', 'keydown', 'scroll'])
    addEventListener(event, touched, { passive: true, capture: true });
  const look = (): void => void lockIfIdle();
  setInterval(look, LOOK_EVERY_MS);
  // A page that was put aside, or comes back by the back button, is looked at before it is read.
  document.addEventListener('visibilitychange', look);
  addEventListener('pageshow', look);
}

async function note(): Promise<void> {
  const kept = await read<Kept>();
  if (kept && !isIdle(kept)) await write({ ...kept, usedAt: Date.now() } satisfies Kept);
}

async function lockIfIdle(): Promise<void> {
  const kept = await read<Kept>();
  if (kept && !isIdle(kept)) return;
  if (kept) await lock();
  goUnlock();
}

function isIdle({ usedAt }: Kept): boolean {
  return Date.now() - usedAt > IDLE_MS;
}

function tell(said: Said): void {
  channel.postMessage(said);
}

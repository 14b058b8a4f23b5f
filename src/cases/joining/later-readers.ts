import { joinedAmong, type WholeLog } from '../../vault/joined-readers.js';
import type { KeyPins } from '../../vault/key-heads.js';
import type { KeyId } from '../../vault/suite.js';
import { newestReaders, unknownAmong, type OpenKeys } from '../open-words.js';
import type { SealedCase } from '../sealed-case.js';
import { unnamedReaders } from '../seal-words.js';
import { vouchedAmong } from './shown-joinings.js';

// The same in an officer's browser, in the person's and in Node.

/** The log of keys, as whoever asks it gets it. */
export interface AskedLog {
  /** Without them nobody is believed. */
  readonly pins: KeyPins | undefined;
  /** All of it; null where it cannot be had. */
  readonly whole: () => Promise<WholeLog | null>;
}

/** An officer's opened keys, with whoever came to read the case later. Nobody joins the readers of a part, which nobody lodged. */
export async function withColleaguesLater(sealed: SealedCase, opened: OpenKeys, log: AskedLog): Promise<OpenKeys> {
  if (!sealed.lodgedWith) return opened;
  const asked = [...unnamedReaders(sealed, opened), ...unknownAmong(newestReaders(opened), opened)];
  const lodged = { at: new Set([opened.own.agreement.kid]), lodgedOn: sealed.lodgedWith.day };
  return withLaterReaders(opened, asked, lodged, log);
}

/**
 * Asks the log of keys about readers whom nobody named. It is asked only about those of whom somebody who holds the case has
 * shown who they are; all others, and all where it cannot be had, did not join.
 *
 * @param kids of those readers
 * @param lodged.at kids of readers of the agency that has the case
 * @param lodged.lodgedOn YYYY-MM-DD in Pacific/Auckland
 */
export async function withLaterReaders(
  opened: OpenKeys,
  kids: readonly KeyId[],
  lodged: { readonly at: ReadonlySet<KeyId>; readonly lodgedOn: string },
  { pins, whole }: AskedLog,
): Promise<OpenKeys> {
  const { agreedTo: named, letIn, renewals } = opened;
  const vouched = vouchedAmong(kids, { letIn, named, renewals });
  if (!pins || vouched.length === 0) return opened;
  const asked = { log: await whole(), pins, named, ...lodged, vouched, now: Date.now() };
  return { ...opened, joined: await joinedAmong(asked) };
}

import { setTimeout } from 'node:timers/promises';

/**
 * Milliseconds that every answer about a receipt takes at least. Looking one up and beginning a session takes some ten
 * of them, with a mailbox or without, and what little differs must not be measured from outside; so all answers wait
 * for the same moment, also the good ones.
 */
export const FLOOR = 250;

/**
 * Runs work so that its time says nothing: it is answered, well or badly, after the floor. On a server so busy that the
 * work takes longer, it is answered after twice the floor, or three times, and never in between.
 *
 * @param work what is done
 * @param floor milliseconds
 */
export async function inEvenTime<T>(work: () => Promise<T>, floor = FLOOR): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    const taken = performance.now() - began;
    await setTimeout(Math.max(1, Math.ceil(taken / floor)) * floor - taken);
  }
}

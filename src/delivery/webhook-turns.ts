/** Calls of one process at once: half of the jobs that delivery does at once, so that mail goes out beside them. */
const MOST_AT_ONCE = 2;

/**
 * Whose turn it is to be called. One call at a time to an agency, and one at a time to all whose last call failed taken
 * together: systems that hang then hold up neither the mail nor the agencies whose systems answer.
 */
export class WebhookTurns {
  readonly #inHand = new Map<string, { readonly failing: boolean }>();

  /**
   * @param failing whether the last call to this agency failed
   * @returns what ends the turn, or null where the agency has to wait
   */
  take(agencyId: string, failing: boolean): (() => void) | null {
    const inHand = [...this.#inHand.values()];
    if (this.#inHand.has(agencyId) || inHand.length >= MOST_AT_ONCE) return null;
    if (failing && inHand.some((other) => other.failing)) return null;
    this.#inHand.set(agencyId, { failing });
    return () => {
      this.#inHand.delete(agencyId);
    };
  }
}

import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** Most statements that one connection has PostgreSQL remember; what comes after them is planned each time. */
const MOST = 400;

/** Names of the statements met so far, by text; null for one that was met once. */
const names = new Map<string, string | null>();

/** Texts remembered at most, prepared or not: some are made for a number of rows. */
const MOST_TEXTS = 4_000;

/**
 * A connection that has PostgreSQL parse and plan a statement once and not each time: row security makes a plan dearer than
 * what it plans. From its second time on a statement with parameters goes by a name (PostgreSQL's manual, PREPARE; plans are
 * made anew where the acting role is another one).
 */
export class PreparingClient extends Client {
  #prepared = new Set<string>();

  // As typed as its ten overloads allow; whoever calls it sees those of `Client`.
  override query = ((...given: readonly unknown[]): unknown => {
    const [text, values, ...rest] = given;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      const name = this.#nameOf(text);
      if (name !== undefined) return this.#send({ name, text, values }, ...rest);
    }
    return this.#send(...given);
  }) as Client['query'];

  #send(...given: readonly unknown[]): unknown {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the client it belongs to
    return Reflect.apply(Client.prototype.query, this, given);
  }

  #nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known === undefined) {
      if (names.size < MOST_TEXTS) names.set(text, null);
      return undefined;
    }
    const name = known ?? createHash('sha256').update(text).digest('base64url');
    if (known === null) names.set(text, name);
    if (!this.#prepared.has(name)) {
      if (this.#prepared.size >= MOST) return undefined;
      this.#prepared.add(name);
    }
    return name;
  }
}

import process from 'node:process';
import { type SaltedPassphrase, saltPassphrase } from '../../src/staff/make-personal-keys.js';
import { decode, encode } from '../../src/vault/bytes.js';
import { stretchPassphrase, type StretchedPassphrase } from '../../src/vault/passphrase.js';

/** A passphrase that was stretched once for the whole run: each time takes a third of a second of one core. */
export interface KnownPassphrase {
  readonly passphrase: string;
  readonly salted: SaltedPassphrase;
}

/** As many as a test has people who must not sign in with one another's. */
const HOW_MANY = 6;

/** Stretches the passphrases of a run and tells the test files of them through the environment. */
export async function stretchForAll(): Promise<void> {
  const known = Array.from({ length: HOW_MANY }, async (_, n) => {
    const passphrase = `correct horse battery staple ${n.toString()}`;
    const { unlock, ...salted } = await saltPassphrase(passphrase);
    return { passphrase, salted: { ...salted, unlock: encode(unlock) } };
  });
  process.env.ONEDOOR_TEST_PASSPHRASES = JSON.stringify(await Promise.all(known));
}

/** One for the `n`th person of a test: people next to each other have different ones. */
export function knownPassphrase(n: number): KnownPassphrase {
  const all = allKnown();
  const known = all[n % all.length];
  if (!known) throw new Error('There are no passphrases: run the tests with `npm run jest`.');
  return known;
}

const STRETCHED = new Map<string, Promise<StretchedPassphrase>>();

/** A passphrase, stretched once for each salt. */
export function stretched(input: { readonly passphrase: string; readonly salt: string }): Promise<StretchedPassphrase> {
  const known = allKnown().find(
    ({ passphrase, salted }) => passphrase === input.passphrase && salted.salt === input.salt,
  );
  if (known) return Promise.resolve(known.salted);
  const key = `${input.salt} ${input.passphrase}`;
  const once = STRETCHED.get(key) ?? stretchPassphrase(input);
  STRETCHED.set(key, once);
  return once;
}

/** What signs in with a passphrase. */
export async function authOf(input: { readonly passphrase: string; readonly salt: string }): Promise<string> {
  return (await stretched(input)).auth;
}

let read: readonly KnownPassphrase[] | undefined;

function allKnown(): readonly KnownPassphrase[] {
  read ??= (JSON.parse(process.env.ONEDOOR_TEST_PASSPHRASES ?? '[]') as WrittenPassphrase[]).map(
    ({ passphrase, salted }) => ({ passphrase, salted: { ...salted, unlock: decode(salted.unlock) } }),
  );
  return read;
}

interface WrittenPassphrase {
  readonly passphrase: string;
  readonly salted: Omit<SaltedPassphrase, 'unlock'> & { readonly unlock: string };
}

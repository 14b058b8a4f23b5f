import { cosign, signHead, type HeadSigner } from '../../src/agencies/key-log/sign-head.js';
import { logAt, written } from '../../src/agencies/key-log/stored-log.js';
import { leafHash, MerkleTree } from '../../src/audit/merkle.js';
import { commitmentOf, digestsOf, type LodgingOpening } from '../../src/vault/commitment.js';
import { signCountersignature } from '../../src/vault/countersignature.js';
import { entryText, lodgedText } from '../../src/vault/key-log.js';
import { importPrivateKey, makeKeyPair } from '../../src/vault/keys.js';
import { sealLodging } from '../../src/vault/lodging.js';
import {
  keysNamedIn,
  OPENING,
  PROMISE_TYPE,
  PROOF,
  PROOF_KEYS,
  type OpeningFile,
  type ProofFile,
  type ProofKeys,
  type SignedPromise,
} from '../../src/vault/proof-file.js';
import { headOf, key, line, log, pins, witnesses } from '../support/made-key-log.js';
import { signingKeyOf } from '../support/signing-key.js';

/* A proof made up for a test, without a server. */

const service = await signingKeyOf();
const officer = await makeKeyPair('signing');

/** As they are published. */
export const keys: ProofKeys = { format: PROOF_KEYS, promises: [service.jwk], ...pins };

export interface Made {
  readonly opening: OpeningFile;
  readonly proof: ProofFile;
}

/** What may be other than it should. */
export interface Making {
  readonly name?: string;
  /** Whether the officer who countersigns opens all of it. */
  readonly whole?: boolean;
  /** The day in the log. */
  readonly on?: string;
  readonly use?: 'signing' | 'agreement';
  readonly by?: HeadSigner;
}

export async function makeProof(making: Making = {}): Promise<Made> {
  const { name, whole = true, on = '2026-03-01', use = 'signing' } = making;
  const { opening, submission } = await sealLodging({
    statement: { whatHappened: 'The money went to his cousin.', facets: { topic: 'fraud' } },
    identity: name === undefined ? undefined : { identity: name },
    readers: [{ kid: key(0).kid, jwk: key(0).jwk }],
    identityReaders: [{ kid: key(0).kid, jwk: key(0).jwk }],
    receiver: 'msd',
    day: '2026-03-01',
  });
  const { commitment } = submission.sealed;
  const promise = await promiseOf(commitment, making.by);
  const others = ['A', 'B', 'C', 'D'].map((byte) => Buffer.from(byte.repeat(43), 'base64url'));
  const leaves = new MerkleTree([...others, Buffer.from(commitment, 'base64url')].map((leaf) => leafHash(leaf)));
  const entries = [
    line('added', 'msd', 'complaints', 0),
    entryText({ act: 'added', agency: 'msd', use, kid: officer.kid, holder: 'A'.repeat(43), on: '2026-02-01' }),
    lodgedText({ on, root: written(leaves.root) }),
  ];
  const whole3 = await logAt(entries);
  const head = await signHead(headOf(whole3), log);
  const witnessed = { head, cosignatures: await Promise.all(witnesses.slice(0, 2).map((one) => cosign(head, one))) };
  const place = (index: number) => ({
    entry: entries[index] ?? '',
    index,
    path: whole3.tree.inclusionPath(index).map(written),
  });
  const day = {
    leaf: { index: 4, size: 5, path: leaves.inclusionPath(4).map(written) },
    place: place(2),
    ...witnessed,
  };
  const countersignature = {
    signature: await countersigned(opening, whole),
    jwk: officer.jwk,
    logged: { ...witnessed, entries: [place(1)] },
  };
  return {
    opening: { format: OPENING, promise, opening },
    proof: { format: PROOF, promise, day, countersignature, keys: keysNamedIn(promise, day) },
  };
}

async function promiseOf(commitment: string, by: HeadSigner = service): Promise<SignedPromise> {
  const tree = new MerkleTree(
    ['E', 'F']
      .map((byte) => leafHash(Buffer.from(byte.repeat(43), 'base64url')))
      .concat(leafHash(Buffer.from(commitment, 'base64url'))),
  );
  const head = Buffer.from(JSON.stringify({ root: written(tree.root), size: 3 }));
  const signature = await by.sign(head, { typ: PROMISE_TYPE });
  return { commitment, index: 2, size: 3, path: tree.inclusionPath(2).map(written), signature };
}

async function countersigned(opening: LodgingOpening, whole: boolean): Promise<string> {
  const digests = await digestsOf(opening);
  return signCountersignature({
    commitment: await commitmentOf(opening),
    items: whole ? digests : digests.slice(0, 1),
    day: '2026-03-02',
    signer: await importPrivateKey(officer.privateJwk, 'signing'),
  });
}

/** Every way in which one value somewhere inside can be another: a member left out, one more, another text or number. */
export function changes(value: unknown): unknown[] {
  if (typeof value === 'string') return [flipped(value), `${value}A`, ''].filter((other) => other !== value);
  if (typeof value === 'number') return [value + 1, value - 1, -value - 1, value.toString()];
  if (Array.isArray(value)) {
    const within = value.flatMap((one: unknown, at) => changes(one).map((other) => value.with(at, other) as unknown));
    return [...within, ...value.map((_one, at) => value.toSpliced(at, 1) as unknown), [...(value as unknown[]), 'A']];
  }
  if (typeof value !== 'object' || value === null) return ['x'];
  const members = Object.entries(value);
  return [
    { ...value, more: 1 },
    ...members.map(([name]) => Object.fromEntries(members.filter(([other]) => other !== name))),
    ...members.flatMap(([name, member]) => changes(member).map((other) => ({ ...value, [name]: other }))),
  ];
}

function flipped(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import type { MerkleTree } from '../../audit/merkle.js';
import {
  FEWEST_WITNESSES,
  KeyDoubted,
  verifyReaders,
  verifyWitnessed,
  witnessOf,
  type HashPath,
  type ReadersProof,
  type WitnessedHead,
} from '../../vault/key-heads.js';
import type { WholeLog } from '../../vault/joined-readers.js';
import type { AddedProof, StaffProof } from '../../vault/key-people.js';
import { staffText, type LogEntry, type LoggedUse } from '../../vault/key-log.js';
import { thumbprint, type PublicKey } from '../../vault/keys.js';
import { dayInAuckland } from '../../web/day.js';
import { Conflict, Invalid, NotFound } from '../../web/errors.js';
import { PinnedKeys } from './pinned-keys.js';
import {
  logAt,
  newestHead,
  newestWitnessed,
  storedEntries,
  treeOf,
  withCosignatures,
  written,
  type LogAt,
  type StoredHead,
} from './stored-log.js';

/** Most entries in one answer. */
const ENTRIES_AT_ONCE = 1_000;

/** A witnessed head and all that is proved under it. */
interface Current extends StoredHead, WitnessedHead {
  readonly log: LogAt;
  /** Where the newest entry of each key lies, by agency, use and kid. */
  readonly places: ReadonlyMap<string, number>;
  /** Where each key was added, for whatever use, by kid. */
  readonly added: ReadonlyMap<string, readonly number[]>;
  /** Where each day of what was lodged lies. */
  readonly days: ReadonlyMap<string, number>;
  /** By agency, once asked for. */
  readonly proofs: Map<string, ReadersProof>;
}

/** The entry of a day with its path, under a witnessed head. */
export interface DayProof extends WitnessedHead {
  readonly entry: string;
  readonly index: number;
  readonly path: HashPath;
}

/** What the log is asked: proofs under the newest witnessed head, built once for each head. */
@Injectable()
export class KeyLog {
  private current: Promise<Current> | undefined;
  private currentNumber = 0;
  private newestTree: MerkleTree | undefined;
  private kids: Promise<readonly string[]> | undefined;
  private readonly verified = new WeakMap<ReadersProof, string>();

  constructor(
    private readonly database: Database,
    readonly pins: PinnedKeys,
  ) {}

  /**
   * What shows that an agency's readers stand.
   *
   * @returns null where nothing of it stands under a witnessed head
   */
  async readersProof(manager: EntityManager, agency: string): Promise<ReadersProof | null> {
    const current = await this.currentOf(manager);
    if (!current) return null;
    const known = current.proofs.get(agency);
    if (known) return known;
    const made = readersProofOf(current, agency);
    if (made) current.proofs.set(agency, made);
    return made;
  }

  /** What shows which keys stand for an agency's people; null where none of it stands under a witnessed head. */
  async staffProof(manager: EntityManager, agency: string): Promise<StaffProof | null> {
    const current = await this.currentOf(manager);
    const proof = await this.readersProof(manager, agency);
    if (!current || !proof) return null;
    const { head, cosignatures, standing } = proof;
    return { head, cosignatures, standing, staff: staffText(current.log.standing.of(agency)) };
  }

  /**
   * What shows that keys were added, whether or not they stand by now; those that were not are left out.
   *
   * @returns null while there is no witnessed head
   */
  async addedProof(manager: EntityManager, kids: readonly string[]): Promise<AddedProof | null> {
    const current = await this.currentOf(manager);
    if (!current) return null;
    const { head, cosignatures, added, log } = current;
    const entries = [...new Set(kids)].flatMap((kid) => (added.get(kid) ?? []).flatMap((at) => placeIn(log, at)));
    return { head, cosignatures, entries };
  }

  /** The same, by itself. */
  addedProofOf(kids: readonly string[]): Promise<AddedProof | null> {
    return this.database.asActor({ kind: 'public' }, (manager) => this.addedProof(manager, kids));
  }

  /** All of the log under the newest head that counts; null while there is none. */
  async whole(manager: EntityManager): Promise<WholeLog | null> {
    const current = await this.currentOf(manager);
    return current && { head: current.head, cosignatures: current.cosignatures, entries: current.log.entries };
  }

  /** What shows that a day of what was lodged is in the log; null while it is not, or no witnessed head has it. */
  async dayProof(manager: EntityManager, on: string): Promise<DayProof | null> {
    const current = await this.currentOf(manager);
    const [place] = current ? placeIn(current.log, current.days.get(on)) : [];
    return current && place ? { head: current.head, cosignatures: current.cosignatures, ...place } : null;
  }

  /** The proof of an agency's readers, by itself. */
  proofOf(agency: string): Promise<ReadersProof | null> {
    return this.database.asActor({ kind: 'public' }, (manager) => this.readersProof(manager, agency));
  }

  /**
   * Checks keys on the server as a sender's browser does, for those who send without one.
   *
   * @throws {Conflict} `keys_not_logged` where one is not believed; nothing may be sealed to it
   */
  async requireLogged(
    manager: EntityManager,
    agency: string,
    uses: readonly LoggedUse[],
    readers: readonly PublicKey[],
  ): Promise<void> {
    const proof = await this.readersProof(manager, agency);
    try {
      if (!proof) throw new KeyDoubted('not_logged');
      await this.verifyOnce(proof, agency, uses, readers);
    } catch (error) {
      if (!(error instanceof KeyDoubted)) throw error;
      throw new Conflict(
        'keys_not_logged',
        'We cannot show that the keys of those who would read this are theirs. Nothing was sent. Please try again later.',
      );
    }
  }

  /** Under one head the same keys are checked once a day, which is as often as a head's age is looked at. */
  private async verifyOnce(
    proof: ReadersProof,
    agency: string,
    uses: readonly LoggedUse[],
    readers: readonly PublicKey[],
  ): Promise<void> {
    const now = Date.now();
    const what = JSON.stringify([dayInAuckland(new Date(now)), uses, readers]);
    if (this.verified.get(proof) === what) return;
    await verifyReaders({ proof, pins: this.pins, agency, uses, readers, now });
    this.verified.set(proof, what);
  }

  /** The newest head, and the newest that counts, with what was signed over each. */
  async heads(manager: EntityManager): Promise<{ newest: WitnessedHead | null; witnessed: WitnessedHead | null }> {
    const [newest, witnessed] = [await newestHead(manager), await this.currentOf(manager)];
    return {
      newest: newest && (await withCosignatures(manager, newest)),
      witnessed: witnessed && { head: witnessed.head, cosignatures: witnessed.cosignatures },
    };
  }

  /** A page of entries, of those under the newest head. */
  async entries(manager: EntityManager, from: number): Promise<string[]> {
    const size = (await newestHead(manager))?.size ?? 0;
    return storedEntries(manager, from, Math.min(size, from + ENTRIES_AT_ONCE));
  }

  /**
   * The hashes that prove that the log of `from` entries is the beginning of the log of `to` (RFC 6962, section 2.1.2).
   *
   * @throws {NotFound} unless `to` is the size of the newest head, and `from` no larger
   */
  async consistencyPath(manager: EntityManager, from: number, to: number): Promise<string[]> {
    const size = (await newestHead(manager))?.size;
    if (to !== size || from > to) throw new NotFound();
    if (this.newestTree?.size !== size) this.newestTree = treeOf(await storedEntries(manager, 0, size));
    return this.newestTree.consistencyPath(from).map(written);
  }

  /**
   * Takes in what a witness signed over the newest head. The same once more changes nothing.
   *
   * @throws {Invalid} when it is not by a pinned witness over the newest head
   */
  async takeCosignature(cosignature: string): Promise<void> {
    await this.database.asActor({ kind: 'system', name: 'key_log' }, async (manager) => {
      const newest = await newestHead(manager);
      const witness = newest && (await witnessOf(cosignature, newest.head, this.pins));
      if (!newest || witness === null) {
        throw new Invalid([
          {
            field: 'cosignature',
            code: 'not_a_witness',
            message: 'This is not signed over the newest head by a witness of this log.',
          },
        ]);
      }
      await manager.query(
        'INSERT INTO key_log_cosignatures (head, witness, cosignature) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [newest.number, witness, cosignature],
      );
    });
  }

  /** The newest head that counts, with its trees. Null while there is none. */
  async currentOf(manager: EntityManager): Promise<Current | null> {
    this.kids ??= Promise.all(this.pins.witnesses.map(({ jwk }) => thumbprint(jwk)));
    const stored = await newestWitnessed(manager, await this.kids, FEWEST_WITNESSES);
    if (!stored) return null;
    if (!this.current || this.currentNumber !== stored.number) {
      const before = await this.current?.catch(() => undefined);
      this.currentNumber = stored.number;
      this.current = this.build(manager, stored, before?.log.entries ?? []);
      this.current.catch(() => (this.current = undefined));
    }
    return this.current;
  }

  private async build(manager: EntityManager, stored: StoredHead, known: readonly string[]): Promise<Current> {
    const kept = known.slice(0, stored.size);
    const entries = [...kept, ...(await storedEntries(manager, kept.length, stored.size))];
    const witnessed = await withCosignatures(manager, stored);
    await verifyWitnessed(witnessed, this.pins, Date.parse(stored.signedAt.toISOString()));
    const log = await logAt(entries);
    const places = new Map<string, number>();
    const added = new Map<string, number[]>();
    const days = new Map<string, number>();
    for (const [at, entry] of entries.map((text) => JSON.parse(text) as LogEntry).entries()) {
      if (entry.act === 'lodged') days.set(entry.on, at);
      else places.set(placeOf(entry), at);
      if (entry.act === 'added') added.set(entry.kid, [...(added.get(entry.kid) ?? []), at]);
    }
    return { ...stored, ...witnessed, log, places, added, days, proofs: new Map() };
  }
}

interface Place {
  readonly agency: string;
  readonly use: LoggedUse;
  readonly kid: string;
}

function placeOf({ agency, use, kid }: Place): string {
  return `${agency} ${use} ${kid}`;
}

/** An entry with its path, where it is at this place of the log; none where it has no place. */
function placeIn(log: LogAt, at: number | undefined): ReadersProof['entries'][number][] {
  const entry = at === undefined ? undefined : log.entries[at];
  if (at === undefined || entry === undefined) return [];
  return [{ entry, index: at, path: log.tree.inclusionPath(at).map(written) }];
}

function readersProofOf({ head, cosignatures, log, places }: Current, agency: string): ReadersProof | null {
  const index = log.standing.names().indexOf(agency);
  const leaf = log.leaves[index];
  if (leaf === undefined) return null;
  const { readers } = JSON.parse(leaf) as { readers: Pick<Place, 'use' | 'kid'>[] };
  const entries = readers.flatMap(({ use, kid }) => placeIn(log, places.get(placeOf({ agency, use, kid }))));
  return {
    head,
    cosignatures,
    standing: { leaf, index, path: log.standingTree.inclusionPath(index).map(written) },
    entries,
  };
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { ServiceKeys } from '../../config/service-keys.js';
import { KeyLog } from '../agencies/key-log/key-log.js';
import { keysNamedIn, PROOF, type LoggedCommitment, type ProofFile, type ProofKeys } from '../vault/proof-file.js';
import { NotFound } from '../web/errors.js';
import { isLodged, placeOf } from './lodged-commitments.js';
import { Promises } from './promises.js';
import { proofKeys } from './proof-keys.js';

/** What was promised, shown to whoever has the commitment. */
@Injectable()
export class Proofs {
  constructor(
    private readonly database: Database,
    private readonly promises: Promises,
    private readonly keyLog: KeyLog,
    private readonly keys: ServiceKeys,
  ) {}

  /**
   * The proof that something was lodged under a commitment, as far as there is one; it outlasts the case. It shows the day and
   * nothing else: of what, by whom and with which agency is in no part of it.
   *
   * @param commitment 32 bytes, base64url
   * @throws {NotFound} where nothing was
   */
  async proofOf(commitment: string): Promise<ProofFile> {
    const day = await this.database.asActor({ kind: 'public' }, async (manager) => {
      if (!(await isLodged(manager, commitment))) throw new NotFound();
      return this.dayOf(manager, commitment);
    });
    const promise = await this.promises.sign(commitment);
    return { format: PROOF, promise, day, countersignature: null, keys: keysNamedIn(promise, day) };
  }

  /** The published keys that proofs are checked with. */
  published(): ProofKeys {
    return proofKeys(this.keys, this.keyLog.pins);
  }

  private async dayOf(manager: EntityManager, commitment: string): Promise<LoggedCommitment | null> {
    const found = await placeOf(manager, commitment);
    const proof = found && (await this.keyLog.dayProof(manager, found.day));
    if (!proof) return null;
    const { head, cosignatures, ...place } = proof;
    const { index, size, path } = found;
    return { leaf: { index, size, path }, place, head, cosignatures };
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { KeyLog } from '../agencies/key-log/key-log.js';
import { Proofs } from '../proofs/proofs.service.js';
import { decode } from '../vault/bytes.js';
import type { ProofFile } from '../vault/proof-file.js';
import { VaultError } from '../vault/suite.js';
import { NotFound } from '../web/errors.js';
import type { MailboxSession } from './mailbox-sessions.js';
import { openSide } from './open-side.js';
import { ownProof, type OwnProof } from './own-proof.js';
import { readLodged } from './read-mailbox.js';

/** Makes the proof for those without a script: the server opens for them what a browser would. */
@Injectable()
export class MailboxProofs {
  constructor(
    private readonly database: Database,
    private readonly proofs: Proofs,
    private readonly keyLog: KeyLog,
  ) {}

  /** @returns null where this session has no key, or what opens is not what was lodged */
  async of({ actor, mailboxKey }: MailboxSession): Promise<OwnProof | null> {
    if (mailboxKey === null) return null;
    const { sealed, lodgedWith } = await this.database.asActor(actor, (manager) => readLodged(manager, actor));
    if (!lodgedWith) return null;
    const { staffSigning } = sealed;
    const signersProof = await this.keyLog.addedProofOf(staffSigning.map(({ kid }) => kid));
    try {
      const side = await openSide(sealed, decode(mailboxKey));
      return await ownProof(side, sealed.items, { ...lodgedWith, staffSigning, signersProof }, (commitment) =>
        this.find(commitment),
      );
    } catch (error) {
      if (error instanceof VaultError) return null;
      throw error;
    }
  }

  private async find(commitment: string): Promise<ProofFile | null> {
    try {
      return await this.proofs.proofOf(commitment);
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
  }
}

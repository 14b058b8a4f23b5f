import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import type { KeyRenewal } from '../agencies/key-state.js';
import { keyRenewal } from '../agencies/read-key-state.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { acknowledgeCase } from './acknowledge-case.js';
import { addNote } from './add-note.js';
import { assignCase, candidatesFor, type Candidate } from './assign-case.js';
import type { LinkKind } from './case-link.entity.js';
import type { Outcome } from './case-outcome.js';
import type { CasePath } from './case.entity.js';
import { closeCase } from './close-case.js';
import { readInbox, type InboxPage, type InboxQuestion } from './inbox.js';
import { hasStaleDisclosures } from './leaving/stale-disclosures.js';
import { linkCase, unlinkCase } from './link-case.js';
import { readCase, type CaseInClear } from './read-case.js';
import { readRelated, type Related } from './read-related.js';
import { readSealedCase } from './read-sealed-case.js';
import { Releases } from './releases.js';
import { reopenCase } from './reopen-case.js';
import { reply } from './reply.js';
import type { NewDeskEpoch, NewItem, SealedCase } from './sealed-case.js';
import type { NewPart } from './sealed-part.js';
import { splitCase } from './split-case.js';

/** What a list shows above its cases. */
export interface OpenTasks {
  readonly renewal: KeyRenewal | null;
  readonly staleDisclosures: boolean;
  readonly untoldReleases: boolean;
}

/** What staff do with cases: each verb is one transaction, and each look is audited in it. */
@Injectable()
export class CasesService {
  constructor(
    private readonly database: Database,
    private readonly releases: Releases,
  ) {}

  /** @see readInbox */
  inbox(actor: StaffActor, path: CasePath, question: InboxQuestion): Promise<InboxPage> {
    return this.database.asActor(actor, (manager) => readInbox(manager, actor, path, question));
  }

  /** What is to be done on the desk before anything else: keys to renew after somebody left, or in their time. */
  openTasks(actor: StaffActor, path: CasePath): Promise<OpenTasks> {
    return this.database.asActor(actor, async (manager) => ({
      renewal: path === 'complaint' ? await keyRenewal(manager, actor.agencyId) : null,
      staleDisclosures: path === 'disclosure' && (await hasStaleDisclosures(manager, actor)),
      untoldReleases: path === 'disclosure' && (await this.releases.ask.hasUntold(manager, actor)),
    }));
  }

  /** @see readCase */
  read(actor: StaffActor, id: string): Promise<CaseInClear> {
    return this.database.asActor(actor, (manager) => readCase(manager, actor, id));
  }

  /** A case, and whether its person must still be told that their name was released. @see readCase */
  readWithTask(actor: StaffActor, id: string): Promise<CaseInClear & { untold: boolean }> {
    return this.database.asActor(actor, async (manager) => {
      const inClear = await readCase(manager, actor, id);
      return { ...inClear, untold: await this.releases.ask.isUntold(manager, inClear.found.id) };
    });
  }

  /** A case and the colleagues who could be given it. @see readCase */
  readToAssign(actor: StaffActor, id: string): Promise<CaseInClear & { candidates: Candidate[] }> {
    return this.database.asActor(actor, async (manager) => {
      const inClear = await readCase(manager, actor, id);
      return { ...inClear, candidates: await candidatesFor(manager, inClear.found) };
    });
  }

  /** @see readRelated */
  related(actor: StaffActor, id: string): Promise<Related> {
    return this.database.asActor(actor, (manager) => readRelated(manager, actor, id));
  }

  /** @see readSealedCase */
  readSealed(actor: StaffActor, id: string, after?: string): Promise<SealedCase> {
    return this.database.asActor(actor, (manager) => readSealedCase(manager, actor, id, after));
  }

  /** @see acknowledgeCase */
  acknowledge(actor: StaffActor, id: string, words?: NewItem): Promise<void> {
    return this.database.asActor(actor, (manager) => acknowledgeCase(manager, actor, id, words));
  }

  /** @see reply */
  reply(actor: StaffActor, id: string, item: NewItem): Promise<void> {
    return this.database.asActor(actor, (manager) => reply(manager, actor, id, item));
  }

  /** @see addNote */
  note(actor: StaffActor, id: string, item: NewItem, desk?: NewDeskEpoch): Promise<void> {
    return this.database.asActor(actor, (manager) => addNote(manager, actor, id, item, desk));
  }

  /** @see assignCase */
  assign(actor: StaffActor, id: string, to: string, heldBy: string | null): Promise<void> {
    return this.database.asActor(actor, (manager) => assignCase(manager, actor, id, { to, heldBy }));
  }

  /** @see assignCase */
  take(actor: StaffActor, id: string, heldBy: string | null): Promise<void> {
    return this.assign(actor, id, actor.staffId, heldBy);
  }

  /** @see closeCase */
  close(actor: StaffActor, id: string, outcome: Outcome, words?: NewItem): Promise<void> {
    return this.database.asActor(actor, (manager) => closeCase(manager, actor, id, outcome, words));
  }

  /** @see reopenCase */
  reopen(actor: StaffActor, id: string): Promise<void> {
    return this.database.asActor(actor, (manager) => reopenCase(manager, actor, id));
  }

  /** @see splitCase */
  split(actor: StaffActor, id: string, part: NewPart): Promise<void> {
    return this.database.asActor(actor, (manager) => splitCase(manager, actor, id, part));
  }

  /** @see linkCase */
  link(actor: StaffActor, id: string, reference: string, kind: LinkKind): Promise<void> {
    return this.database.asActor(actor, (manager) => linkCase(manager, actor, id, reference, kind));
  }

  /** @see unlinkCase */
  unlink(actor: StaffActor, id: string, linkId: string): Promise<void> {
    return this.database.asActor(actor, (manager) => unlinkCase(manager, actor, id, linkId));
  }
}

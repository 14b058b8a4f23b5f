import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { append } from '../audit/audit.js';
import { Mailbox } from '../cases/mailbox.entity.js';
import { ReadersUnknown } from '../cases/open-words.js';
import type { NewItem } from '../cases/sealed-case.js';
import { decode } from '../vault/bytes.js';
import { readItemHeader } from '../vault/content.js';
import { ContentTooLong, VaultError } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { addMessage } from './add-message.js';
import type { MailboxSession } from './mailbox-sessions.js';
import type { MessageTaken, OpenedItem, SealedSide } from './mailbox-side.js';
import { openOne, openSide, wordsOf, type OpenSide } from './open-side.js';
import { caseOf, readMailbox, type StoredSide } from './read-mailbox.js';
import { sealMessage } from './seal-message.js';

/** What the holder of a receipt does with their case; each verb is one transaction. */
@Injectable()
export class MailboxService {
  constructor(private readonly database: Database) {}

  /** @see readMailbox */
  read({ actor }: MailboxSession, after?: string): Promise<StoredSide> {
    return this.database.asActor(actor, (manager) => readMailbox(manager, actor, after));
  }

  /**
   * Opens the words for somebody without a script.
   *
   * @returns undefined where the session has no key: the browser opens them
   */
  async open({ mailboxKey }: MailboxSession, sealed: SealedSide): Promise<OpenedItem[] | undefined> {
    if (mailboxKey === null) return undefined;
    const side = await openSide(sealed, decode(mailboxKey)).catch(ifItDoesNotOpen);
    return Promise.all(
      sealed.items.map(async (item) => {
        const content = side && (await openOne(side, item)).content;
        return { id: item.id, kind: item.kind, on: item.madeOn, by: item.by, words: wordsOf(content) };
      }),
    );
  }

  /** Adds a message that the browser sealed. @see addMessage */
  addSealed({ actor }: MailboxSession, item: NewItem): Promise<MessageTaken> {
    return this.database.asActor(actor, (manager) =>
      addMessage(manager, actor, item.id, (earlier) => Promise.resolve(earlier === item.jwe ? null : item)),
    );
  }

  /**
   * Seals a message on arrival and adds it. The epoch cannot close meanwhile, since the case is locked.
   *
   * @see addMessage
   * @throws {Invalid} when the text is too long, or this session has no key to seal with
   */
  addText({ actor, mailboxKey }: MailboxSession, id: string, text: string): Promise<MessageTaken> {
    if (mailboxKey === null)
      throw cannot('seal_it', 'This mailbox was opened without its receipt. Send a sealed item.');
    return this.database.asActor(actor, (manager) =>
      addMessage(manager, actor, id, async (earlier) => {
        const { sealed } = await readMailbox(manager, actor);
        const side = await openSide(sealed, decode(mailboxKey)).catch(ifItDoesNotOpen);
        if (!side) throw cannotSeal();
        if (earlier !== null && (await saysTheSame(side, id, earlier, text))) return null;
        return sealMessage(side, id, text).catch((error: unknown) => {
          if (error instanceof ReadersUnknown) throw confirmFirst();
          if (error instanceof ContentTooLong) throw cannot('too_long', 'This is too long.');
          throw error instanceof VaultError ? cannotSeal() : error;
        });
      }),
    );
  }

  /** Removes the address that "you have a message" goes to. Removing it twice is the same. */
  removeAddress({ actor }: MailboxSession): Promise<void> {
    return this.database.asActor(actor, async (manager) => {
      const found = await caseOf(manager, actor, { lock: true });
      const mailbox = await manager.findOneByOrFail(Mailbox, { caseId: found.id });
      if (mailbox.notifySealed === null) return;
      await manager.update(Mailbox, { caseId: found.id }, { notifySealed: null });
      await append(manager, { action: 'mailbox.address_removed', actor, agencyId: found.agencyId });
    });
  }
}

async function saysTheSame(side: OpenSide, id: string, jwe: string, text: string): Promise<boolean> {
  const { epoch } = readItemHeader(jwe);
  const item = { id, jwe, key: 'case', epoch, kind: 'message', author: 'person', by: null, madeOn: '' } as const;
  return wordsOf((await openOne(side, item)).content)?.text === text;
}

function ifItDoesNotOpen(error: unknown): null {
  if (error instanceof VaultError) return null;
  throw error;
}

function cannot(code: string, message: string): Invalid {
  return new Invalid([{ field: 'text', code, message }]);
}

function confirmFirst(): Conflict {
  return new Conflict(
    'confirm_first',
    'The case was passed on without your agreement. Say first that those who have it now may read what you write.',
  );
}

function cannotSeal(): Conflict {
  return new Conflict('cannot_seal', 'This could not be sealed for those who read it, so nothing was sent.');
}

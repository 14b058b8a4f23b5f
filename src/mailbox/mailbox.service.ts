import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { KeyLog } from '../agencies/key-log/key-log.js';
import { append } from '../audit/audit.js';
import { Mailbox } from '../cases/mailbox.entity.js';
import { ReadersUnknown } from '../cases/open-words.js';
import type { NewItem } from '../cases/sealed-case.js';
import { decode } from '../vault/bytes.js';
import { readItemHeader } from '../vault/content.js';
import { ContentTooLong, VaultError, type Bytes } from '../vault/suite.js';
import { Conflict, Invalid } from '../web/errors.js';
import { addMessage } from './add-message.js';
import { knowingLaterReaders } from './later-readers.js';
import type { MailboxActor } from './mailbox.policy.js';
import type { MailboxSession } from './mailbox-sessions.js';
import type { MessageFor, MessageTaken, OpenedItem, SealedSide } from './mailbox-side.js';
import { openOne, openPart, openSide, wordsOf, type OpenSide } from './open-side.js';
import { caseOf, readMailbox, type ReadOn, type StoredSide } from './read-mailbox.js';
import { sealMessage } from './seal-message.js';

/** What the holder of a receipt does with their case; each verb is one transaction. */
@Injectable()
export class MailboxService {
  constructor(
    private readonly database: Database,
    private readonly keyLog: KeyLog,
  ) {}

  /** All of it as it was at one moment, so that no part contradicts another. @see readMailbox */
  read({ actor }: MailboxSession, on: ReadOn = {}): Promise<StoredSide> {
    return this.database.asActor(actor, (manager) => readMailbox(manager, actor, on), { oneMoment: true });
  }

  /**
   * Opens the words for somebody without a script.
   *
   * @returns undefined where the session has no key: the browser opens them
   */
  async open({ mailboxKey }: MailboxSession, sealed: SealedSide): Promise<OpenedItem[] | undefined> {
    if (mailboxKey === null) return undefined;
    return openedItems(await openSide(sealed, decode(mailboxKey)).catch(ifItDoesNotOpen), sealed);
  }

  /** The same of the parts of a case. @param whole the words of the case itself, with its keys */
  async openParts(
    { mailboxKey }: MailboxSession,
    whole: SealedSide,
    parts: readonly SealedSide[],
  ): Promise<OpenedItem[][] | undefined> {
    if (mailboxKey === null) return undefined;
    const side = await openSide(whole, decode(mailboxKey)).catch(ifItDoesNotOpen);
    return Promise.all(
      parts.map(async (part) => openedItems(side && (await openPart(side, part).catch(ifItDoesNotOpen)), part)),
    );
  }

  /** Adds a message that the browser sealed. @see addMessage */
  addSealed({ actor }: MailboxSession, item: NewItem, what: MessageFor = {}): Promise<MessageTaken> {
    return this.database.asActor(actor, (manager) =>
      addMessage(manager, actor, item.id, (earlier) => Promise.resolve(earlier === item.jwe ? null : item), what),
    );
  }

  /**
   * Seals a message on arrival and adds it. The epoch cannot close meanwhile, since the case is locked.
   *
   * @see addMessage
   * @throws {Invalid} when the text is too long, or this session has no key to seal with
   */
  addText(
    { actor, mailboxKey }: MailboxSession,
    id: string,
    text: string,
    what: MessageFor = {},
  ): Promise<MessageTaken> {
    if (mailboxKey === null)
      throw cannot('seal_it', 'This mailbox was opened without its receipt. Send a sealed item.');
    return this.database.asActor(actor, (manager) =>
      addMessage(
        manager,
        actor,
        id,
        async (earlier) => {
          const side = await sideOf(manager, actor, decode(mailboxKey), what.part, this.keyLog).catch(ifItDoesNotOpen);
          if (!side) throw cannotSeal();
          if (earlier !== null && (await saysTheSame(side, id, earlier, text))) return null;
          return sealMessage(side, id, text).catch((error: unknown) => {
            if (error instanceof ReadersUnknown) throw confirmFirst();
            if (error instanceof ContentTooLong) throw cannot('too_long', 'This is too long.');
            throw error instanceof VaultError ? cannotSeal() : error;
          });
        },
        what,
      ),
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

/** The opened case, or the part of it that is meant. @throws {VaultError} */
async function sideOf(
  manager: EntityManager,
  actor: MailboxActor,
  mailboxKey: Bytes,
  part: string | undefined,
  keyLog: KeyLog,
): Promise<OpenSide> {
  const { found: lodged, sealed, parts } = await readMailbox(manager, actor);
  const log = { pins: keyLog.pins, whole: () => keyLog.whole(manager) };
  const whole = await knowingLaterReaders(await openSide(sealed, mailboxKey), lodged, log);
  const meant = parts.find(({ found }) => found.id === part);
  return meant ? openPart(whole, meant.sealed) : whole;
}

function openedItems(side: OpenSide | null, { items }: SealedSide): Promise<OpenedItem[]> {
  return Promise.all(
    items.map(async (item) => {
      const { content, excerpt } = side ? await openOne(side, item) : { content: null };
      const { id, kind, madeOn: on, by } = item;
      return { id, kind, on, by, words: wordsOf(content), ...(excerpt && { own: excerpt.own }) };
    }),
  );
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

import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { randomBytes } from '../vault/bytes.js';
import { mailboxIdHash, openReceipt } from '../vault/receipt.js';
import { VaultError } from '../vault/suite.js';
import { setCookie } from '../web/cookies.js';
import { NotFound, Unauthorised } from '../web/errors.js';
import { SealedSessions, SESSION_SECONDS } from '../web/sealed-sessions.js';
import { Throttle } from '../web/throttle.js';
import { inEvenTime } from './even-time.js';
import type { MailboxActor } from './mailbox.policy.js';

/** Name of the cookie, and what the session is for. */
const NAME = 'mailbox';
const BEARER = /^Bearer ([\w-]{64})$/;

/** An open mailbox. */
export interface MailboxSession {
  readonly actor: MailboxActor;
  /** What opens the words, base64url; null where the browser keeps that to itself. */
  readonly mailboxKey: string | null;
}

/** What a mailbox is asked for by: its id, derived in the browser, or the receipt itself. */
export type MailboxClaim = { readonly mailboxId: string } | { readonly receipt: string };

/** The token of a session that was begun. */
export interface BegunSession {
  readonly session: string;
  readonly expiresInSeconds: number;
}

interface Kept {
  readonly caseId: string;
  readonly mailboxKey: string | null;
}

/**
 * Sessions of mailboxes, each sealed under a token that only its holder has. With a receipt the mailbox key lies inside,
 * so that the server can open what is asked for while the session lasts. Visits are recorded nowhere.
 */
@Injectable()
export class MailboxSessions {
  constructor(
    private readonly database: Database,
    private readonly sessions: SealedSessions,
    private readonly settings: Settings,
    private readonly throttle: Throttle,
  ) {}

  /**
   * Opens a mailbox. One that does not exist costs the same work and the same time, and what is wrong with a claim
   * that could be one is not told apart.
   *
   * @throws {NotFound} where there is no such mailbox
   * @throws {TooMany} before anything was looked up
   */
  begin(request: FastifyRequest, claim: MailboxClaim): Promise<BegunSession> {
    this.throttle.take('mailbox', request);
    return this.beginCounted(claim);
  }

  /** The same from a form, whose sender waits their turn where others at their address were too many. */
  async beginInTurn(request: FastifyRequest, claim: MailboxClaim): Promise<BegunSession> {
    await this.throttle.takeInTurn('mailbox', request);
    return this.beginCounted(claim);
  }

  private beginCounted(claim: MailboxClaim): Promise<BegunSession> {
    return inEvenTime(async () => {
      const { idHash, mailboxKey } = await derive(claim);
      const caseId = await this.caseOf(idHash);
      const kept: Kept = { caseId: caseId ?? crypto.randomUUID(), mailboxKey };
      // Where there is no mailbox a session is written too, of no seconds: to write nothing, or to take it back, would
      // make this way the shorter or the longer one.
      const session = await this.sessions.seal(undefined, NAME, kept, caseId === undefined ? 0 : SESSION_SECONDS);
      if (caseId === undefined) throw new NotFound();
      return { session, expiresInSeconds: SESSION_SECONDS };
    });
  }

  /**
   * The session that a call of the API carries.
   *
   * @throws {Unauthorised} where there is none that stands
   */
  async ofCall(request: FastifyRequest): Promise<MailboxSession> {
    const found = read(await this.sessions.open(bearer(request), NAME));
    if (!found) throw new Unauthorised('This mailbox is locked. Open it again with its eight words.');
    return found;
  }

  /** Locks the mailbox that a call of the API has open. */
  lockCall(request: FastifyRequest): Promise<void> {
    return this.sessions.end(bearer(request));
  }

  /** The session of a page's cookie, or null where there is none that stands. */
  async ofPage(request: FastifyRequest): Promise<MailboxSession | null> {
    return read(await this.sessions.get(request, NAME));
  }

  /** Puts a begun session into the cookie of a page, and ends the one that was there. */
  async hold(request: FastifyRequest, reply: FastifyReply, { session }: BegunSession): Promise<void> {
    await this.sessions.drop(request, reply, NAME);
    setCookie(reply, this.settings, NAME, session);
  }

  /** Locks the mailbox that a browser has open, and takes its cookie back. */
  lockPage(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.sessions.drop(request, reply, NAME);
  }

  private async caseOf(idHash: Buffer): Promise<string | undefined> {
    const [row] = await this.database.asActor({ kind: 'public' }, (manager) =>
      manager.query<{ caseId: string | null }[]>(`SELECT case_of_mailbox($1) AS "caseId"`, [idHash]),
    );
    return row?.caseId ?? undefined;
  }
}

/** What is not even of the right form becomes an id that nobody has, and goes the same way. */
async function derive(claim: MailboxClaim): Promise<{ idHash: Buffer; mailboxKey: string | null }> {
  try {
    if ('mailboxId' in claim) return { idHash: await hashOf(claim.mailboxId), mailboxKey: null };
    const { mailboxId, mailboxKey } = await openReceipt(claim.receipt);
    return { idHash: await hashOf(mailboxId), mailboxKey: Buffer.from(mailboxKey).toString('base64url') };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    return { idHash: Buffer.from(randomBytes(32)), mailboxKey: null };
  }
}

async function hashOf(mailboxId: string): Promise<Buffer> {
  return Buffer.from(await mailboxIdHash(mailboxId), 'base64url');
}

function bearer(request: FastifyRequest): string | undefined {
  return BEARER.exec(request.headers.authorization ?? '')?.[1];
}

function read(kept: unknown): MailboxSession | null {
  if (kept === null) return null;
  const { caseId, mailboxKey } = kept as Kept;
  return { actor: { kind: 'mailbox', caseId }, mailboxKey };
}

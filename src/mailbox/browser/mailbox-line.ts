import type { NewItem } from '../../cases/sealed-case.js';
import { ApiProblem, ask } from '../../web/browser/ask.js';
import type { LogSource } from '../../cases/browser/joined-readers.js';
import type { ReadersProof, WitnessedHead } from '../../vault/key-heads.js';
import type { AddedProof } from '../../vault/key-people.js';
import type { CompactJws, KeyId } from '../../vault/suite.js';
import type { MailboxPart, MessageFor, SealedSide, ServedSide } from '../mailbox-side.js';
import type { RatingMoment } from '../rating/rating-questions.js';

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * The way to one mailbox on the server. What it needs for that lives in this object and nowhere else: no cookie goes
 * with a call, and nothing is kept on the device.
 */
export class MailboxLine implements LogSource {
  private token: string | null = null;

  constructor(private readonly mailboxId: string) {}

  /** Everything of the person's side, with the items of all pages. @throws {ApiProblem} */
  async read(): Promise<ServedSide> {
    const side = await this.call<ServedSide>('GET', '');
    const sealed = await this.allOf(side.sealed, async (after) => {
      const more = await this.call<ServedSide>('GET', `?after=${after}`);
      return more.sealed;
    });
    const parts: MailboxPart[] = [];
    for (const part of side.parts) {
      const all = await this.allOf(part.sealed, async (after) => {
        const more = await this.call<ServedSide>('GET', `?part=${part.id}&after=${after}`);
        return more.parts.find(({ id }) => id === part.id)?.sealed;
      });
      parts.push({ ...part, sealed: all });
    }
    return { ...side, sealed, parts };
  }

  private async allOf(
    first: SealedSide,
    readOn: (after: string) => Promise<SealedSide | undefined>,
  ): Promise<SealedSide> {
    const items = [...first.items];
    for (let after = first.next; after !== null;) {
      const more: SealedSide | undefined = await readOn(after);
      items.push(...(more?.items ?? []));
      after = more?.next ?? null;
    }
    return { ...first, items, next: null };
  }

  /** @throws {ApiProblem} */
  add(item: NewItem, { part, support }: MessageFor): Promise<void> {
    return this.call('POST', '/messages', {
      item,
      ...(part !== undefined && { part }),
      ...(support === true && { support }),
    });
  }

  /** What shows that an agency's readers stand in the log of keys. @throws {ApiProblem} */
  async readersProofOf(agency: string): Promise<ReadersProof | null> {
    return (await ask<{ proof: ReadersProof | null }>(`/api/v1/agencies/${agency}/readers`)).proof;
  }

  /** What shows that some keys were put into the log. @throws {ApiProblem} */
  async addedProofOf(kids: readonly KeyId[]): Promise<AddedProof | null> {
    return (await ask<{ proof: AddedProof | null }>(`/api/v1/key-log/added?kids=${kids.join('.')}`)).proof;
  }

  /** The newest head of the log of keys that witnesses have seen. @throws {ApiProblem} */
  async head(): Promise<WitnessedHead | null> {
    return (await ask<{ witnessed: WitnessedHead | null }>('/api/v1/key-log')).witnessed;
  }

  /** Entries of the log of keys. @throws {ApiProblem} */
  async entries(from: number): Promise<readonly string[]> {
    return (await ask<{ entries: string[] }>(`/api/v1/key-log/entries?from=${from.toString()}`)).entries;
  }

  /** @throws {ApiProblem} */
  agree(referral: string, consent: CompactJws): Promise<void> {
    return this.call('POST', `/referrals/${referral}/consent`, { consent });
  }

  /** @throws {ApiProblem} */
  takeBack(referral: string): Promise<void> {
    return this.call('DELETE', `/referrals/${referral}/consent`);
  }

  /** @throws {ApiProblem} */
  refuse(referral: string): Promise<void> {
    return this.call('POST', `/referrals/${referral}/refusal`, {});
  }

  /** @throws {ApiProblem} */
  tellOfRetelling(referral: string): Promise<void> {
    return this.call('POST', `/referrals/${referral}/retold`, {});
  }

  /** @throws {ApiProblem} */
  removeAddress(): Promise<void> {
    return this.call('DELETE', '/notify');
  }

  /** Has a blinded token signed. @returns the blind signature @throws {ApiProblem} */
  async signToken(moment: RatingMoment, blinded: string): Promise<string> {
    return (await this.call<{ signature: string }>('POST', '/ratings/tokens', { moment, blinded })).signature;
  }

  /** Ends the session, if the server can be reached. */
  async lock(): Promise<void> {
    if (this.token !== null) await askMailbox('DELETE', '/sessions', this.token).catch(() => undefined);
    this.token = null;
  }

  /* A session ends thirty minutes after its last use. The page is still open, so a new one is begun without asking. */
  private async call<T>(method: Method, path: string, body?: object): Promise<T> {
    if (this.token !== null) {
      try {
        return await askMailbox<T>(method, path, this.token, body);
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      }
    }
    const { mailboxId } = this;
    this.token = (await askMailbox<{ session: string }>('POST', '/sessions', null, { mailboxId })).session;
    return askMailbox<T>(method, path, this.token, body);
  }
}

function askMailbox<T>(method: Method, path: string, token: string | null, body?: object): Promise<T> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  return ask<T>(`/api/v1/mailbox${path}`, { method, body, headers });
}

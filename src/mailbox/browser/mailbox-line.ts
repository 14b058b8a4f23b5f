import type { NewItem } from '../../cases/sealed-case.js';
import type { MailboxSide, SealedSide } from '../mailbox-side.js';

/** What the server said no with (RFC 9457), or 0 where it could not be reached. */
export class LineProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail = '',
  ) {
    super(detail);
  }
}

/**
 * The way to one mailbox on the server. What it needs for that lives in this object and nowhere else: no cookie goes
 * with a call, and nothing is kept on the device.
 */
export class MailboxLine {
  private token: string | null = null;

  constructor(private readonly mailboxId: string) {}

  /** Everything of the person's side, with the items of all pages. @throws {LineProblem} */
  async read(): Promise<MailboxSide> {
    const side = await this.call<MailboxSide>('GET', '');
    const items = [...side.sealed.items];
    for (let after = side.sealed.next; after !== null;) {
      const more: SealedSide = (await this.call<MailboxSide>('GET', `?after=${after}`)).sealed;
      items.push(...more.items);
      after = more.next;
    }
    return { ...side, sealed: { ...side.sealed, items, next: null } };
  }

  /** @throws {LineProblem} */
  add(item: NewItem): Promise<void> {
    return this.call('POST', '/messages', { item });
  }

  /** @throws {LineProblem} */
  removeAddress(): Promise<void> {
    return this.call('DELETE', '/notify');
  }

  /** Ends the session, if the server can be reached. */
  async lock(): Promise<void> {
    if (this.token !== null) await ask('DELETE', '/sessions', this.token).catch(() => undefined);
    this.token = null;
  }

  /* A session ends thirty minutes after its last use. The page is still open, so a new one is begun without asking. */
  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    if (this.token !== null) {
      try {
        return await ask<T>(method, path, this.token, body);
      } catch (error) {
        if (!(error instanceof LineProblem) || error.status !== 401) throw error;
      }
    }
    const { mailboxId } = this;
    this.token = (await ask<{ session: string }>('POST', '/sessions', null, { mailboxId })).session;
    return ask<T>(method, path, this.token, body);
  }
}

async function ask<T>(method: string, path: string, token: string | null, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/mailbox${path}`, {
      method,
      headers: {
        accept: 'application/json',
        // Without cookies the language of the page has to be said.
        'accept-language': document.documentElement.lang,
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      credentials: 'omit',
      redirect: 'error',
    });
  } catch {
    throw new LineProblem(0, 'offline');
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as Partial<{ code: string; detail: string }>;
  throw new LineProblem(response.status, problem.code ?? '', problem.detail);
}

import type { MailboxSide } from '../../src/mailbox/mailbox-side.js';
import { openReceipt } from '../../src/vault/receipt.js';
import type { Watcher } from '../carry/worker.js';
import { until } from '../support/until.js';
import type { Acknowledged } from './lodgings.js';

/** Where a case that was lodged can stand here, in its order. */
const ORDER = ['lodged', 'placed'];

/** What PostgreSQL, Redis or a driver would say, and nobody is to be told. */
const UNFIT = /postgres|redis|sql|econn|socket|terminat|\brelation|stack|\bat \/|127\.0\.0\.1/i;

/** An answer that says that it is not possible now: a problem (RFC 9457) of ours, and nothing of what lies behind it. */
export function isCleanRefusal(status: number, type: string | null, text: string): boolean {
  if (status !== 500 && status !== 503) return false;
  if (type?.startsWith('application/problem+json') !== true || UNFIT.test(text)) return false;
  return ['unexpected', 'unavailable'].includes((JSON.parse(text) as { code: string }).code);
}

/** Somebody who opened their mailbox and looks again and again. */
export class Onlooker {
  /** Each state that was seen, when it was another than before. */
  readonly seen: string[] = [];
  /** What was not as it must be. */
  readonly wrong: string[] = [];
  looks = 0;
  #looking = true;
  #done: Promise<void> = Promise.resolve();

  private constructor(
    private readonly origin: string,
    private readonly session: string,
    private readonly reference: string,
    private readonly watcher: Watcher,
  ) {}

  /** Opens the mailbox of what was acknowledged, and begins to look. */
  static async of(origin: string, { receipt, reference }: Acknowledged, watcher: Watcher): Promise<Onlooker> {
    const { mailboxId } = await openReceipt(receipt ?? '');
    let session = '';
    await until('a mailbox opens', async () => {
      const response = await fetch(`${origin}/api/v1/mailbox/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ mailboxId }),
      }).catch(() => undefined);
      if (response?.status === 201) ({ session } = (await response.json()) as { session: string });
      return session !== '';
    });
    const onlooker = new Onlooker(origin, session, reference, watcher);
    onlooker.#done = onlooker.#look();
    return onlooker;
  }

  /** Looks a last time, at how it now stands. */
  async stop(): Promise<void> {
    this.#looking = false;
    await this.#done;
  }

  async #look(): Promise<void> {
    for (let last = false; !last;) {
      last = !this.#looking;
      const before = await this.#stored();
      const shown = await this.#shown();
      const after = await this.#stored();
      if (shown !== null) {
        this.looks += 1;
        if (this.seen.at(-1) !== shown) this.seen.push(shown);
        const true_ = [before, after].filter((one) => one !== null);
        const inOrder = this.seen.every((one, i) => one === ORDER[ORDER.indexOf(this.seen[0] ?? '') + i]);
        if (!inOrder) this.wrong.push(`went ${this.seen.join(' → ')}`);
        if (true_.length === 2 && !true_.includes(shown)) this.wrong.push(`said ${shown}, was ${true_.join()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What is shown, or null where that is not possible now. */
  async #shown(): Promise<string | null> {
    const response = await fetch(`${this.origin}/api/v1/mailbox`, {
      headers: { authorization: `Bearer ${this.session}` },
    }).catch(() => null);
    const text = await response?.text().catch(() => undefined);
    if (!response || text === undefined) return null;
    if (response.status === 200) {
      const side = JSON.parse(text) as MailboxSide;
      const placed = side.timeline.filter(({ kind }) => kind === 'placed').length;
      if (placed !== (side.status.code === 'placed' ? 1 : 0))
        this.wrong.push(`${side.status.code}, ${placed.toString()} times placed`);
      return side.status.code;
    }
    if (!isCleanRefusal(response.status, response.headers.get('content-type'), text)) {
      this.wrong.push(`${response.status.toString()} ${text}`);
    }
    return null;
  }

  async #stored(): Promise<string | null> {
    return this.watcher
      .rows<{ status: string }>('SELECT status FROM cases WHERE reference = $1', [this.reference])
      .then(
        ([row]) => row?.status ?? 'gone',
        () => null,
      );
  }
}

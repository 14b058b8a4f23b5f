import { expect } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Watcher } from '../carry/worker.js';
import type { MailServer } from '../support/smtp.js';
import { until } from '../support/until.js';
import { clearLodging, type Acknowledged, type Lodging } from './lodgings.js';
import { isCleanRefusal, Onlooker } from './onlookers.js';

/** Milliseconds between two lodgings of a client. */
const PACE = 300;

/** The status of an answer, all of which is read. */
export async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

/** Clients that lodge one after another, each again until it is acknowledged, however the servers fare. */
export class Traffic {
  readonly acknowledged: Acknowledged[] = [];
  /** Answers that neither acknowledged nor said cleanly that it cannot be done now. */
  readonly unclean: string[] = [];
  /** How often it was said cleanly that it cannot be done now. */
  refused = 0;
  readonly onlookers: Onlooker[] = [];
  #going = true;
  #abandoned = false;
  readonly #clients: Promise<void>[];

  constructor(
    private readonly origin: string,
    private readonly watcher: Watcher,
    clients: number,
  ) {
    this.#clients = Array.from({ length: clients }, () => this.#lodge());
  }

  /** Waits until so many more were acknowledged; somebody looks at the first of them from then on. */
  async more(count: number, limit = 60_000): Promise<void> {
    const from = this.acknowledged.length;
    await until(`${count.toString()} more are acknowledged`, () => this.acknowledged.length >= from + count, limit);
    const first = this.acknowledged[from];
    if (first) this.onlookers.push(await Onlooker.of(this.origin, first, this.watcher));
  }

  /** Waits until so many more were cleanly told that it cannot be done now. */
  async turnedAway(count: number): Promise<void> {
    const from = this.refused;
    await until('clients are turned away', () => this.refused >= from + count);
  }

  /** Waits until whatever was acknowledged by now is placed. */
  async placed(limit = 60_000): Promise<void> {
    const references = this.acknowledged.map(({ reference }) => reference);
    await until(
      'all of it is placed',
      async () =>
        (await this.watcher.count('cases', `reference = ANY ($1) AND status = 'placed'`, [references])) ===
        references.length,
      limit,
    );
  }

  /** Begins nothing new, and brings what was begun to its end. */
  async stop(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#clients);
  }

  /** Leaves all as it is, and nobody looks any more. */
  async end(): Promise<void> {
    this.#abandoned = true;
    await Promise.all([this.stop(), ...this.onlookers.map((onlooker) => onlooker.stop())]);
  }

  async #lodge(): Promise<void> {
    while (this.#going) {
      const lodging = clearLodging();
      // What was begun is brought to its end, so that nobody is left without an answer.
      let answer = await this.#send(lodging);
      for (let tries = 0; answer === null && tries < 300 && !this.#abandoned; tries++) {
        await sleep(100);
        answer = await this.#send(lodging);
      }
      if (answer) this.acknowledged.push(answer);
      await sleep(PACE);
    }
  }

  async #send({ idempotencyKey, body }: Lodging): Promise<Acknowledged | null> {
    const response = await fetch(`${this.origin}/api/v1/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body,
    }).catch((error: unknown) => String(error));
    if (typeof response === 'string') {
      this.unclean.push(response);
      return null;
    }
    const text = await response.text();
    if (response.status === 201) return JSON.parse(text) as Acknowledged;
    if (isCleanRefusal(response.status, response.headers.get('content-type'), text)) this.refused += 1;
    else if (response.status !== 429) this.unclean.push(`${response.status.toString()} ${text}`);
    return null;
  }
}

const count = (from: string): string => `(SELECT count(*)::int FROM ${from} WHERE case_id = c.id)`;

/**
 * Whether everything that was acknowledged lies there once, was placed once and told to its agency under one Message-ID, and
 * nothing else lies there; and whether those who looked saw the truth at every moment.
 */
export async function expectNothingLost(traffic: Traffic, watcher: Watcher, mail: MailServer): Promise<void> {
  await until('the outbox is empty', async () => (await watcher.count('outbox', 'due_at <= now()')) === 0, 60_000);
  await traffic.placed();
  await Promise.all(traffic.onlookers.map((onlooker) => onlooker.stop()));
  const stored = await watcher.rows<{ reference: string }>(
    `SELECT c.reference, c.status, ${count('clocks')} AS clocks, ${count('mailboxes')} AS mailboxes,
            (SELECT count(*)::int FROM case_events WHERE case_id = c.id AND kind = 'lodged') AS lodged,
            (SELECT count(*)::int FROM case_events WHERE case_id = c.id AND kind = 'placed') AS placed,
            ARRAY(SELECT action FROM audit_entries WHERE case_id = c.id ORDER BY action) AS audited,
            ARRAY(SELECT state FROM notices WHERE case_id = c.id) AS notices
     FROM cases c ORDER BY c.reference`,
  );
  const whole = { status: 'placed', clocks: 1, mailboxes: 1, lodged: 1, placed: 1, notices: ['sent'] };
  const references = traffic.acknowledged.map(({ reference }) => reference).sort();
  expect(stored.map(({ reference }) => reference)).toEqual(references);
  for (const one of stored) expect(one).toMatchObject({ ...whole, audited: ['case.lodged', 'case.placed'] });
  // A mail may go twice where somebody died behind it; it then is the same mail.
  const told = new Set(mail.mails.map(({ parsed }) => parsed.messageId ?? ''));
  const notices = await watcher.rows<{ id: string }>(`SELECT id FROM notices WHERE case_id IS NOT NULL`);
  for (const { id } of notices) expect([...told].filter((messageId) => messageId.includes(id))).toHaveLength(1);
  for (const onlooker of traffic.onlookers) {
    expect(onlooker.wrong).toEqual([]);
    expect(onlooker.looks).toBeGreaterThan(0);
    expect(onlooker.seen.at(-1)).toBe('placed');
  }
}

import { randomBytes } from 'node:crypto';
import { Client, type QueryResultRow } from 'pg';
import { Database } from '../../config/database.js';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { loadDirectory } from '../../src/agencies/directory.js';
import { CasesService } from '../../src/cases/cases.service.js';
import { openKeys, readItem } from '../../src/cases/open-words.js';
import { placeCase } from '../../src/cases/place-case.js';
import { sealNote, sealReply } from '../../src/cases/seal-words.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import type { MailboxSide } from '../../src/mailbox/mailbox-side.js';
import { openSide, type OpenSide } from '../../src/mailbox/open-side.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { importPrivateKey, makeKeyPair, type MadeKey } from '../../src/vault/keys.js';
import { openReceipt } from '../../src/vault/receipt.js';
import { FACETS } from '../intake/door.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { heldKeys, type HeldKeys } from '../support/held-keys.js';
import { freshAddress } from '../support/fresh-address.js';

/** How the directory names the agency of these cases. */
export const MSD = 'Ministry of Social Development (Work and Income)';

/** A case as the one who lodged it knows it. */
export interface LodgedCase {
  readonly id: string;
  readonly reference: string;
  readonly receipt: string;
}

/** The whole application with an open agency and its officer. No worker runs: what is promised stays in the outbox. */
export class MailboxApp {
  private constructor(
    readonly app: TestApp,
    readonly officer: EnrolledStaffMember,
    /** The other one at the agency. */
    readonly colleague: EnrolledStaffMember,
    private readonly owner: Client,
  ) {}

  static async start(): Promise<MailboxApp> {
    // Behind a proxy, so that each test can come from an address of its own.
    const app = await startApp({ ROLE: 'web', TRUSTED_PROXIES: '1' });
    const [officer, colleague] = await openTestAgency(app, 'msd');
    if (!officer || !colleague) throw new Error('The agency has nobody.');
    const owner = new Client({ connectionString: app.database.ownerUrl });
    await owner.connect();
    return new MailboxApp(app, officer, colleague, owner);
  }

  get origin(): string {
    return this.app.publicOrigin;
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.app.close();
  }

  /** As the owner of the tables. */
  async rows<T extends QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.owner.query<T>(sql, values)).rows;
  }

  /** Lodges through the API, sealed on arrival, and places the case as the worker would. */
  async lodge(statement: object = { whatHappened: 'They lost my form.' }, notify?: string): Promise<LodgedCase> {
    const response = await fetch(`${this.origin}/api/v1/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomBytes(24).toString('base64url') },
      body: JSON.stringify({ facets: FACETS, statement, notify }),
    });
    const { reference, receipt } = (await response.json()) as { reference: string; receipt: string };
    const [row] = await this.rows<{ id: string }>('SELECT id FROM cases WHERE reference = $1', [reference]);
    if (!row) throw new Error(`Nothing was lodged: ${response.status.toString()}`);
    const job = { id: row.id, queue: 'routing', name: 'place_case', caseId: row.id, dueAt: new Date() } as const;
    await this.app.app
      .get(Database)
      .asActor({ kind: 'system', name: 'test' }, (manager) => placeCase(manager, job, loadDirectory()));
    await this.rows('DELETE FROM outbox');
    return { id: row.id, reference, receipt };
  }

  /** What the officer's browser does to answer. */
  async reply(caseId: string, text: string): Promise<void> {
    const { sealed, keys } = await this.desk(caseId);
    const item = await sealReply(sealed, await openKeys(sealed, keys), keys.signing, text);
    await this.cases.reply(this.officer.actor, caseId, item);
  }

  /** What somebody does who holds the case key and the tables: answers in an officer's name, with a key of their own. */
  async forgeReply(caseId: string, text: string): Promise<MadeKey> {
    const { sealed, keys } = await this.desk(caseId);
    const forged = await makeKeyPair('signing');
    const signer = await importPrivateKey(forged.privateJwk, 'signing');
    const { id, jwe } = await sealReply(sealed, await openKeys(sealed, keys), signer, text);
    const { staffId } = this.officer.actor;
    await this.rows(
      `INSERT INTO staff_keys (kid, staff_id, purpose, jwk, retired_at) VALUES ($1, $2, 'signing', $3, now())`,
      [forged.kid, staffId, forged.jwk],
    );
    await this.rows(
      `INSERT INTO case_items (id, case_id, key, epoch, kind, author, staff_id, jwe, made_on, position)
       SELECT $1, $2, 'case', 1, 'reply', 'agency', $3, $4, current_date, next_item_position($2)`,
      [id, caseId, staffId, jwe],
    );
    return forged;
  }

  /** What the officer's browser does to keep a note; gives the note's id. */
  async note(caseId: string, text: string): Promise<string> {
    const { sealed, keys } = await this.desk(caseId);
    const { item, desk } = await sealNote(sealed, await openKeys(sealed, keys), keys.signing, text);
    await this.cases.note(this.officer.actor, caseId, item, desk);
    return item.id;
  }

  /** What the officer reads of a case, newest last. */
  async readByOfficer(caseId: string): Promise<unknown[]> {
    const { sealed, keys } = await this.desk(caseId);
    const opened = await openKeys(sealed, keys);
    const items = await Promise.all(sealed.items.map((item) => readItem(caseId, item, opened)));
    return items.map(({ content }) => content?.text ?? content?.whatHappened);
  }

  private get cases(): CasesService {
    return this.app.app.get(CasesService, { strict: false });
  }

  private async desk(caseId: string): Promise<{ sealed: SealedCase; keys: HeldKeys }> {
    const grants = await this.app.app.get(AgencyKeysService, { strict: false }).ownGrants(this.officer.actor);
    return {
      sealed: await this.cases.readSealed(this.officer.actor, caseId),
      keys: await heldKeys(this.officer, grants),
    };
  }
}

/** What an answer of the API was, with the time it took. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly ms: number;
}

/** A caller of the mailbox API from one address. */
export class Caller {
  token = '';

  constructor(
    private readonly origin: string,
    private readonly address = freshAddress(),
  ) {}

  async call(method: string, path = '', body?: unknown): Promise<Answer> {
    const began = performance.now();
    const response = await fetch(`${this.origin}/api/v1/mailbox${path}`, {
      method,
      headers: {
        'x-forwarded-for': this.address,
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const ms = performance.now() - began;
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown), ms };
  }

  /** Opens a mailbox by its receipt, which the server then can read. */
  async openByReceipt({ receipt }: LodgedCase): Promise<this> {
    return this.take(await this.call('POST', '/sessions', { receipt }));
  }

  /** Opens a mailbox as a browser does: the receipt stays here. */
  async openById({ receipt }: LodgedCase): Promise<this> {
    return this.take(await this.call('POST', '/sessions', { mailboxId: (await openReceipt(receipt)).mailboxId }));
  }

  async read(): Promise<MailboxSide> {
    const { status, body } = await this.call('GET');
    if (status !== 200) throw new Error(`The mailbox answered ${status.toString()}.`);
    return body as MailboxSide;
  }

  /** What a browser holds after it has opened what it read. */
  async openHere({ receipt }: LodgedCase): Promise<OpenSide> {
    return openSide((await this.read()).sealed, (await openReceipt(receipt)).mailboxKey);
  }

  private take({ status, body }: Answer): this {
    if (status !== 201) throw new Error(`No session was begun: ${status.toString()}`);
    this.token = (body as { session: string }).session;
    return this;
  }
}

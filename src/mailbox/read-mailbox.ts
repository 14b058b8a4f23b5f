import type { EntityManager } from 'typeorm';
import { MOST_PARTS } from '../cases/case-reference.js';
import { Case } from '../cases/case.entity.js';
import { Mailbox } from '../cases/mailbox.entity.js';
import {
  consentsOf,
  epochsOf,
  grantsTo,
  joiningsOf,
  lodgedWith,
  renewalsOf,
  signingKeysOf,
} from '../cases/sealed-parts.js';
import type { LodgedWith, StoredItem } from '../cases/sealed-case.js';
import type { ClockBasis } from '../clocks/clock.entity.js';
import { dutyRound, type DutyRound } from '../disclosures/read-steps.js';
import { readPublicJwk, thumbprint, type PublicKey } from '../vault/keys.js';
import { NotFound } from '../web/errors.js';
import { mayRead, READABLE_KEYS, READABLE_KINDS, type MailboxActor } from './mailbox.policy.js';
import type { SealedSide } from './mailbox-side.js';
import { PROVEN_KINDS } from './own-proof.js';
import { momentToAsk, type RatingMoment } from './rating/rating-questions.js';
import { RatingToken } from './rating/rating.entity.js';
import { epochsAbout, readReferrals, type StoredReferrals } from './read-referrals.js';

/** Items in one answer: without a script the server opens each, at some milliseconds apiece. */
const ITEMS_AT_ONCE = 50;
/** Steps of a timeline shown, the newest. */
const MOST_EVENTS = 100;

/** A case or a part of one as it is stored, as far as the person sees it. */
export interface StoredCase {
  readonly found: Case;
  /** What is due, or null while the case is not placed yet. */
  readonly clock: { readonly basis: ClockBasis; readonly dueOn: string } | null;
  readonly events: readonly { readonly kind: string; readonly on: string; readonly agencyId: string }[];
  readonly referrals: StoredReferrals;
  /** What was written about the referrals that are shown, on whatever page of the items it stands. */
  readonly about: readonly StoredItem[];
  /** With the agency's id as `by`. */
  readonly sealed: SealedSide;
}

/** The person's side: the whole, and its parts in order. */
export interface StoredSide extends StoredCase {
  readonly notified: boolean;
  /** At which moment the person is asked now how it was for them. */
  readonly rating: RatingMoment | null;
  /** The steps of the law on a disclosure that is placed, by whoever has it. */
  readonly duties: DutyRound | null;
  readonly lodgedWith: LodgedWith | null;
  readonly parts: readonly StoredCase[];
}

/** Where a list of items goes on. */
export interface ReadOn {
  /** Id of the last item already there. */
  readonly after?: string | undefined;
  /** Id of the part that it is an item of; without it, of the whole. */
  readonly part?: string | undefined;
}

/**
 * The case of a mailbox, or a part of it.
 *
 * @param part id of the part
 * @param lock whether to keep everybody else from changing it until the transaction ends
 * @throws {NotFound}
 */
export async function caseOf(
  manager: EntityManager,
  actor: MailboxActor,
  { lock = false, part }: { readonly lock?: boolean; readonly part?: string | undefined } = {},
): Promise<Case> {
  const found = await manager.findOne(Case, {
    where: { id: part ?? actor.caseId },
    ...(lock ? { lock: { mode: 'pessimistic_write' as const } } : {}),
  });
  if (!found || !mayRead(actor, found)) throw new NotFound();
  return found;
}

/**
 * Reads the person's side of a case. Unlike an officer's look it is not audited: when a reporter came back is nobody's
 * business.
 *
 * @throws {NotFound} where there is no such part, or `after` is none of its items that the person reads
 */
export async function readMailbox(
  manager: EntityManager,
  actor: MailboxActor,
  { after, part }: ReadOn = {},
): Promise<StoredSide> {
  const found = await caseOf(manager, actor);
  const mailbox = await manager.findOneByOrFail(Mailbox, { caseId: found.id });
  const parts = await manager.find(Case, {
    where: { wholeId: found.id },
    order: { partNumber: 'ASC' },
    take: MOST_PARTS,
  });
  if (part !== undefined && !parts.some(({ id }) => id === part)) throw new NotFound();
  const read = (one: Case, isAskedOf: boolean): Promise<StoredCase> =>
    readOne(manager, one, mailbox, isAskedOf ? after : undefined);
  const whole = await read(found, part === undefined);
  const stored: StoredCase[] = [];
  for (const one of parts) stored.push(await read(one, one.id === part));
  const steps = whole.events.map(({ kind }) => kind);
  const rating = momentToAsk(steps, await momentsAsked(manager, found.id));
  const duties = found.path === 'disclosure' ? ((await dutyRound(manager, found)) ?? null) : null;
  return {
    ...whole,
    notified: mailbox.notifySealed !== null,
    rating,
    duties,
    lodgedWith: await lodgedWith(manager, found),
    parts: stored,
  };
}

/** Of the mailbox's own case what a proof is made of, wherever it lies among the items. @throws {NotFound} */
export async function readLodged(
  manager: EntityManager,
  actor: MailboxActor,
): Promise<Pick<StoredSide, 'sealed' | 'lodgedWith'>> {
  const { sealed, lodgedWith: lodged } = await readMailbox(manager, actor);
  const items = await manager.query<StoredItem[]>(`${ITEMS} AND i.kind = ANY ($4) ORDER BY i.position`, [
    actor.caseId,
    READABLE_KEYS,
    READABLE_KINDS,
    PROVEN_KINDS,
  ]);
  return { sealed: { ...sealed, items }, lodgedWith: lodged };
}

/** The moments at which the person of a case was asked how it was for them, and had a token signed. */
export async function momentsAsked(manager: EntityManager, caseId: string): Promise<RatingMoment[]> {
  return (await manager.findBy(RatingToken, { caseId })).map(({ moment }) => moment);
}

/** Kinds of the newest steps of a case, oldest first. */
export async function stepsOf(manager: EntityManager, caseId: string): Promise<string[]> {
  return (await eventsOf(manager, caseId)).map(({ kind }) => kind);
}

async function readOne(
  manager: EntityManager,
  found: Case,
  { sealedPrivate, ...keys }: Mailbox,
  after: string | undefined,
): Promise<StoredCase> {
  const agreement = await publicKey(keys.agreementJwk);
  const epochs = await epochsOf(manager, found.id, READABLE_KEYS);
  const items = await itemsOf(manager, found.id, after);
  const page = items.slice(0, ITEMS_AT_ONCE);
  const [clock] = await manager.query<NonNullable<StoredSide['clock']>[]>(
    `SELECT basis, to_char(due_on, 'YYYY-MM-DD') AS "dueOn" FROM clocks WHERE case_id = $1 AND stopped_on IS NULL
      ORDER BY due_on, kind LIMIT 1`,
    [found.id],
  );
  const referrals = await readReferrals(manager, found);
  return {
    found,
    clock: clock ?? null,
    events: await eventsOf(manager, found.id),
    referrals,
    about: await itemsAbout(manager, found.id, referrals),
    sealed: {
      id: found.id,
      isPart: found.wholeId !== null,
      sealedPrivate,
      agreement,
      signing: await publicKey(keys.signingJwk),
      staffSigning: await signingKeysOf(manager, found.id, epochs),
      epochs,
      grants: await grantsTo(manager, found.id, [agreement.kid]),
      consents: await consentsOf(manager, found.id, ['opened']),
      renewals: await renewalsOf(manager, found.id),
      joinings: await joiningsOf(manager, found.id),
      items: page,
      next: items.length > ITEMS_AT_ONCE ? (page.at(-1)?.id ?? null) : null,
    },
  };
}

async function eventsOf(manager: EntityManager, caseId: string): Promise<StoredSide['events']> {
  const events = await manager.query<StoredSide['events'][number][]>(
    `SELECT kind, to_char(happened_on, 'YYYY-MM-DD') AS "on", agency_id AS "agencyId"
       FROM case_events WHERE case_id = $1 ORDER BY position DESC LIMIT $2`,
    [caseId, MOST_EVENTS],
  );
  return events.reverse();
}

const ITEMS = `
  SELECT i.id, i.key, i.epoch, i.kind, i.author, agency_of_staff(i.staff_id) AS by, to_char(i.made_on, 'YYYY-MM-DD') AS "madeOn", i.jwe
    FROM case_items i
   WHERE i.case_id = $1 AND i.key = ANY ($2) AND i.kind = ANY ($3)`;

/* The cursor is an item's id and not its position: positions count the agency's notes too. */
async function itemsOf(manager: EntityManager, caseId: string, after: string | undefined): Promise<StoredItem[]> {
  let from = 0;
  if (after !== undefined) {
    const [last] = await manager.query<{ position: number }[]>(
      `SELECT position FROM case_items WHERE id = $1 AND case_id = $2 AND key = ANY ($3) AND kind = ANY ($4)`,
      [after, caseId, READABLE_KEYS, READABLE_KINDS],
    );
    if (!last) throw new NotFound();
    from = last.position;
  }
  return manager.query<StoredItem[]>(`${ITEMS} AND i.position > $4 ORDER BY i.position LIMIT $5`, [
    caseId,
    READABLE_KEYS,
    READABLE_KINDS,
    from,
    ITEMS_AT_ONCE + 1,
  ]);
}

async function itemsAbout(
  manager: EntityManager,
  caseId: string,
  { last, lastOpened }: StoredReferrals,
): Promise<StoredItem[]> {
  const epochs = [last, lastOpened].flatMap((referral) => (referral ? epochsAbout(referral) : []));
  if (epochs.length === 0) return [];
  return manager.query<StoredItem[]>(
    `${ITEMS} AND i.key = 'referral' AND i.epoch = ANY ($4) ORDER BY i.position LIMIT $5`,
    [caseId, READABLE_KEYS, READABLE_KINDS, epochs, ITEMS_AT_ONCE],
  );
}

async function publicKey(stored: Record<string, string>): Promise<PublicKey> {
  const jwk = readPublicJwk(stored);
  return { kid: await thumbprint(jwk), jwk };
}

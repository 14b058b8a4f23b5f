import type { EntityManager } from 'typeorm';
import { currentReaders } from '../agencies/readers.js';
import type { Case } from '../cases/case.entity.js';
import { journeyOfCase, type Journey } from '../cases/referrals/journey-of-case.js';
import { mailboxOf } from '../cases/mailbox-of-case.js';
import type { ReferralState } from '../cases/referrals/referral-status.js';
import { consentsOf, epochsOf } from '../cases/sealed-parts.js';
import { kidsBehindWalls } from '../staff/walls.js';
import { readConsent } from '../vault/consent.js';
import { readEpochRecord } from '../vault/epochs.js';
import { isUuid } from '../vault/form.js';
import { readPublicJwk, thumbprint } from '../vault/keys.js';
import type { CompactJws, KeyId } from '../vault/suite.js';
import { NotFound } from '../web/errors.js';
import { mayConfirm } from './mailbox.policy.js';

/** A referral as it is stored, as far as the person sees it. */
export interface StoredReferral {
  readonly id: string;
  /** Its newest note is sealed under this epoch of the key `referral`. */
  readonly number: number;
  /** The last epoch of that key that belongs to the referral before; 0 where this is the first. */
  readonly after: number;
  readonly from: string;
  readonly to: string;
  readonly state: ReferralState;
  readonly reason: string;
  readonly asksIdentity: boolean;
  readonly proposedOn: string;
  readonly consent: CompactJws | null;
  readonly ground: string | null;
  readonly declined: string | null;
  /** Whether somebody at the receiver accepted it, whatever came of it. */
  readonly accepted: boolean;
  readonly retold: boolean;
  /** Whether the person has said no to this receiver, to this referral or to one before. */
  readonly saidNo: boolean;
  /** Whether there was no hand-over after it. */
  readonly newest: boolean;
}

/** A referral with what matters for a consent to it. */
export interface ConsentableReferral extends StoredReferral {
  /** Kids that a consent names, sorted. */
  readonly readers: readonly KeyId[];
  /** How many of them are people, and not a recovery key on paper. */
  readonly people: number;
  /** Of a disclosure the role of those at the receiver; null of a complaint. */
  readonly role: string | null;
  /** Whether by this hand-over somebody reads on whom the person has never named. */
  readonly needsConfirmation: boolean;
}

/** All that the person sees of their case being handed on. */
export interface StoredReferrals {
  /** The one under way, or the last. */
  readonly last: ConsentableReferral | null;
  /** The hand-over by which whoever has the case got it. */
  readonly lastOpened: ConsentableReferral | null;
  readonly journey: Journey;
}

const SELECT = `
  SELECT r.id, r.number, r.from_agency AS "from", r.to_agency AS "to", r.state, r.reason,
         r.share_identity AS "asksIdentity", to_char(r.proposed_on, 'YYYY-MM-DD') AS "proposedOn", r.consent, r.ground,
         r.declined_reason AS declined, r.accepted_on IS NOT NULL AS accepted, r.retold,
         EXISTS (SELECT FROM referrals b WHERE b.case_id = r.case_id AND b.to_agency = r.to_agency AND b.number <= r.number
                    AND b.refused_on IS NOT NULL) AS "saidNo",
         (SELECT coalesce(max(b.number), 0) FROM referrals b WHERE b.case_id = r.case_id AND b.number < r.number) AS after,
         NOT EXISTS (SELECT FROM referrals n WHERE n.case_id = r.case_id AND n.state = 'opened' AND n.number > r.number)
           AS newest
    FROM referrals r WHERE r.case_id = $1`;

/** Reads what the person sees of their case being handed on. */
export async function readReferrals(manager: EntityManager, found: Case): Promise<StoredReferrals> {
  const rows = await manager.query<StoredReferral[]>(
    `(${SELECT} ORDER BY r.number DESC LIMIT 1)
     UNION
     (${SELECT} AND r.state = 'opened' ORDER BY r.number DESC LIMIT 1)
     ORDER BY number DESC`,
    [found.id],
  );
  const all: ConsentableReferral[] = [];
  for (const row of rows) all.push(await toBeAgreed(manager, found, row));
  return {
    last: all[0] ?? null,
    lastOpened: all.find(({ state }) => state === 'opened') ?? null,
    journey: await journeyOfCase(manager, found.id),
  };
}

/** Numbers of the epochs of the key `referral` under which a referral was written about. */
export function epochsAbout({ after, number }: StoredReferral): number[] {
  return Array.from({ length: number - after }, (_, at) => after + 1 + at);
}

/** Id of the part of a mailbox's case that a referral is about; undefined where it is about none. */
export async function partAskedAbout(manager: EntityManager, wholeId: string, id: string): Promise<string | undefined> {
  if (!isUuid(id)) return undefined;
  const [part] = await manager.query<{ id: string }[]>(
    `SELECT c.id FROM referrals r JOIN cases c ON c.id = r.case_id WHERE r.id = $1 AND c.whole_id = $2`,
    [id, wholeId],
  );
  return part?.id;
}

/** One referral of the case. @throws {NotFound} */
export async function referralOf(manager: EntityManager, found: Case, id: string): Promise<ConsentableReferral> {
  const [row] = await manager.query<StoredReferral[]>(`${SELECT} AND r.id = $2`, [found.id, id]);
  if (!row) throw new NotFound();
  return toBeAgreed(manager, found, row);
}

/** The readers whom the person has named in a case, by lodging it or by a consent. */
async function namedIn(manager: EntityManager, caseId: string, signing: KeyId | undefined): Promise<KeyId[]> {
  const epochs = (await epochsOf(manager, caseId, ['case'])).map(({ record }) => readEpochRecord(record));
  const consents = (await consentsOf(manager, caseId, ['opened'])).map(readConsent);
  return [...epochs.filter(({ signedBy }) => signedBy === signing), ...consents].flatMap((one) => one.readers);
}

/**
 * Whose keys a consent names: those that the receiver has now. Once it has the case it is those that read its newest
 * epoch, and the person is asked about them where they have named them neither by lodging nor by a consent. Their browser
 * works out the same, and does not believe this.
 */
async function toBeAgreed(manager: EntityManager, found: Case, referral: StoredReferral): Promise<ConsentableReferral> {
  const now = await currentReaders(manager, referral.to);
  const role = found.path === 'disclosure' ? (now?.disclosureRole ?? null) : null;
  if (referral.state !== 'opened' || !referral.newest) {
    const keys = found.path === 'disclosure' ? now?.disclosures : now?.complaints;
    const behindWalls = await kidsBehindWalls(manager, found.id);
    const kids = (keys ?? []).map(({ kid }) => kid).sort();
    const readers = found.path === 'disclosure' ? kids.filter((kid) => !behindWalls.has(kid)) : kids;
    return { ...referral, readers, people: await peopleAmong(manager, readers), role, needsConfirmation: false };
  }
  const { agreementJwk, signingJwk } = await mailboxOf(manager, found.id);
  const [own, signing] = await Promise.all([agreementJwk, signingJwk].map((jwk) => thumbprint(readPublicJwk(jwk))));
  const epochs = (await epochsOf(manager, found.id, ['case'])).map(({ record }) => readEpochRecord(record));
  const readers = (epochs.at(-1)?.readers ?? []).filter((kid) => kid !== own);
  const named = new Set(await namedIn(manager, found.id, signing));
  // Whom the person named in the whole they know in its parts.
  if (found.wholeId !== null) for (const kid of await namedIn(manager, found.wholeId, signing)) named.add(kid);
  // Nor that it went back, without them, to those whom they named before they agreed that it leaves.
  const last = (await consentsOf(manager, found.id, ['opened'])).map(readConsent).at(-1);
  const isElsewhere = last !== undefined && !readers.some((kid) => last.readers.includes(kid));
  const isUnknown = readers.some((kid) => !named.has(kid)) || isElsewhere;
  const needsConfirmation = mayConfirm(referral, isUnknown);
  const people = await peopleReading(manager, found.id, epochs.length);
  return { ...referral, readers, people, role, needsConfirmation };
}

/* Also those to whom it was granted later, whom no record names. */
async function peopleReading(manager: EntityManager, caseId: string, epoch: number): Promise<number> {
  const [people] = await manager.query<{ n: number }[]>(
    `SELECT count(DISTINCT k.staff_id)::int AS n FROM case_grants g JOIN staff_keys k ON k.kid = g.reader
      WHERE g.case_id = $1 AND g.key = 'case' AND g.epoch = $2`,
    [caseId, epoch],
  );
  return people?.n ?? 0;
}

async function peopleAmong(manager: EntityManager, readers: readonly KeyId[]): Promise<number> {
  const onPaper = await manager.query<unknown[]>('SELECT FROM recovery_keys WHERE kid = ANY ($1)', [readers]);
  return readers.length - onPaper.length;
}

import { openKeys } from '../../src/cases/open-words.js';
import {
  consentGiven,
  consentTakenBack,
  refusedByPerson,
  retold,
} from '../../src/cases/referrals/consent-to-referral.js';
import { Case } from '../../src/cases/case.entity.js';
import { lockedReferralOf } from '../../src/cases/referrals/referral-access.js';
import { kidsAt } from '../../src/cases/referrals/referral-readers.js';
import { keysOfNote } from '../../src/cases/referrals/seal-note.js';
import { regrant, sealAcceptance, sealReferral } from '../../src/cases/referrals/seal-referral.js';
import type { SealedCase } from '../../src/cases/sealed-case.js';
import type { NewReferral, ReferralReceiver, SealedReferral } from '../../src/cases/referrals/sealed-referral.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import type { Role } from '../../src/staff/roles.js';
import { signConsent, type Share } from '../../src/vault/consent.js';
import type { Signer } from '../../src/vault/keys.js';
import { openMailbox } from '../../src/vault/mailbox.js';
import { openReceipt } from '../../src/vault/receipt.js';
import type { HeldKeys } from '../support/held-keys.js';
import { DeskClient, enrol, holdCeremony, type Answer, type Desk } from './desk.js';
import { fetchSealed, unlock, type LodgedCase } from './sealed-cases.js';

/** A member of staff at an unlocked browser. */
export interface AtDesk {
  readonly who: EnrolledStaffMember;
  readonly client: DeskClient;
  keys(): Promise<HeldKeys>;
}

/** Enrols somebody and sits them at a browser. */
export async function seat(desk: Desk, agencyId: string, roles: readonly Role[]): Promise<AtDesk> {
  return at(desk, await enrol(desk, agencyId, roles));
}

async function at(desk: Desk, who: EnrolledStaffMember): Promise<AtDesk> {
  const client = await DeskClient.of(desk, who);
  return { who, client, keys: () => unlock(client, who) };
}

/** Two at an agency that hold its key, its door open. */
export async function openAgency(desk: Desk, agencyId: string): Promise<readonly [AtDesk, AtDesk]> {
  const first = await enrol(desk, agencyId, ['officer', 'disclosure_officer']);
  const second = await enrol(desk, agencyId, ['lead', 'disclosure_officer']);
  await holdCeremony(desk, first);
  await desk.rows(`UPDATE agencies SET open_for_intake = true WHERE id = $1`, [agencyId]);
  return [await at(desk, first), await at(desk, second)];
}

interface Proposal {
  readonly text?: string;
  readonly shareIdentity?: boolean;
  readonly change?: (sent: NewReferral) => object;
}

/** What a browser sends to propose a case to another agency. */
export async function sealedProposal(
  by: AtDesk,
  { id }: Pick<LodgedCase, 'id'>,
  to: string,
  { text = 'This is yours, I think.', shareIdentity = false }: Proposal = {},
): Promise<NewReferral> {
  const keys = await by.keys();
  const { sealed, opened } = await fetchSealed(by.client, id, keys);
  const receiver = await by.client.given<ReferralReceiver>(`/staff/api/cases/${id}/receivers/${to}`);
  const made = await sealReferral({ sealed, opened, signer: keys.signing, receiver, text, shareIdentity });
  return { id: crypto.randomUUID(), to, reason: 'better_placed', shareIdentity, ...made };
}

/** Proposes a case to another agency. */
export async function propose(
  by: AtDesk,
  lodged: Pick<LodgedCase, 'id'>,
  to: string,
  proposal: Proposal = {},
): Promise<{ id: string; answer: Answer }> {
  const sent = await sealedProposal(by, lodged, to, proposal);
  const body = proposal.change ? proposal.change(sent) : sent;
  return { id: sent.id, answer: await by.client.post(`/staff/api/cases/${lodged.id}/referrals`, body) };
}

/** What the holder of the receipt does about a referral. */
export class Person {
  private constructor(
    private readonly desk: Desk,
    private readonly caseId: string,
    private readonly signer: Signer,
  ) {}

  static async of(desk: Desk, { id, lodging }: LodgedCase): Promise<Person> {
    const { mailboxKey } = await openReceipt(lodging.receipt);
    const { sealedPrivate } = lodging.submission.mailbox;
    const { signing } = await openMailbox({ mailboxKey, sealedPrivate });
    return new Person(desk, id, signing);
  }

  agree(id: string, share: Share = ['case']): Promise<void> {
    return this.act(id, async (manager, found, referral, actor) => {
      const readers = await kidsAt(manager, referral.toAgency, found);
      const { toAgency: agency } = referral;
      const signed = { caseId: found.id, referral: id, agency, readers, share, signer: this.signer };
      await consentGiven(manager, actor, found, referral, { jws: await signConsent(signed), readers, share });
    });
  }

  takeBack(id: string): Promise<void> {
    return this.act(id, (manager, found, referral, actor) => consentTakenBack(manager, actor, found, referral));
  }

  refuse(id: string): Promise<void> {
    return this.act(id, (manager, found, referral, actor) => refusedByPerson(manager, actor, found, referral));
  }

  retell(id: string): Promise<void> {
    return this.act(id, (manager, found, referral, actor) => retold(manager, actor, found, referral));
  }

  private act(
    id: string,
    work: (
      manager: Parameters<typeof consentGiven>[0],
      found: Case,
      referral: Parameters<typeof consentGiven>[3],
      actor: { kind: 'mailbox'; caseId: string },
    ) => Promise<void>,
  ): Promise<void> {
    const actor = { kind: 'mailbox', caseId: this.caseId } as const;
    return this.desk.database.asActor(actor, async (manager) => {
      const found = await manager.findOneOrFail(Case, {
        where: { id: this.caseId },
        lock: { mode: 'pessimistic_write' },
      });
      await work(manager, found, await lockedReferralOf(manager, found, id), actor);
    });
  }
}

export function accept(by: AtDesk, id: string): Promise<Answer> {
  return by.client.post(`/staff/api/referrals/${id}/acceptance`, {});
}

export function decline(by: AtDesk, id: string, more: object = {}): Promise<Answer> {
  return by.client.post(`/staff/api/referrals/${id}/decline`, { reason: 'no_power', ...more });
}

/** The referral as its sealed words are handed out. */
export function sealedReferral(by: AtDesk, id: string): Promise<SealedReferral> {
  return by.client.given(`/staff/api/referrals/${id}`);
}

/** What a browser sends when it has opened every item of an accepted case. */
export async function sealedOpening(by: AtDesk, id: string): Promise<object> {
  const keys = await by.keys();
  const { readers } = await sealedReferral(by, id);
  const sealed = await by.client.given<SealedCase>(`/staff/api/referrals/${id}/case`);
  const opened = await openKeys(sealed, keys);
  return { epoch: await sealAcceptance({ sealed, opened, signer: keys.signing, items: sealed.items, readers }) };
}

export async function open(by: AtDesk, id: string): Promise<Answer> {
  return by.client.post(`/staff/api/referrals/${id}/opening`, await sealedOpening(by, id));
}

/** Grants again what was withheld. */
export async function sendAgain(by: AtDesk, id: string): Promise<Answer> {
  const keys = await by.keys();
  const referral = await sealedReferral(by, id);
  const { sealed, opened } = await fetchSealed(by.client, referral.caseId, keys);
  const note = await openKeys(keysOfNote(referral), keys);
  const sent = await regrant({ sealed, opened, signer: keys.signing, referral, note });
  return by.client.post(`/staff/api/referrals/${id}/grants`, sent);
}

/** Hands a case on from one to the other, all of it. */
export async function handOver(
  desk: Desk,
  lodged: LodgedCase,
  from: AtDesk,
  to: AtDesk,
  share: Share = ['case'],
  change: (sent: NewReferral) => object = (sent) => sent,
): Promise<string> {
  const toAgency = to.who.actor.agencyId;
  const { id, answer } = await propose(from, lodged, toAgency, { shareIdentity: share.length > 1, change });
  const person = await Person.of(desk, lodged);
  if (answer.status !== 204) throw new Error(`proposal: ${answer.text}`);
  await person.agree(id, share);
  for (const step of [accept, open]) {
    const { status, text } = await step(to, id);
    if (status !== 204) throw new Error(`${step.name}: ${text}`);
  }
  return id;
}

/** How a referral stands in the database. */
export async function referralState(desk: Desk, id: string): Promise<unknown> {
  return (await desk.rows<{ state: string }>('SELECT state FROM referrals WHERE id = $1', [id]))[0]?.state;
}

import { sha256 } from './bytes.js';
import {
  isLogged,
  KeyDoubted,
  verifySeen,
  verifyStanding,
  verifyWitnessed,
  type KeyPins,
  type ReadersProof,
  type WitnessedHead,
} from './key-heads.js';
import { holderOf, readEntry, readStaffText, type AgencyStanding, type LoggedUse } from './key-log.js';
import { requireThat, VaultError, type KeyId } from './suite.js';

// What the log of keys says of people: by whose keys is signed, and to whose is granted inside an agency.

/** What shows which keys stand for the people of one agency. */
export interface StaffProof extends WitnessedHead {
  readonly standing: ReadersProof['standing'];
  /** The text whose hash the leaf holds. */
  readonly staff: string;
}

/**
 * Whether the log has somebody's keys as they hold them. `others`: there is another key for the same holder, a key of theirs
 * stands for something else, or what is shown cannot be believed; `waiting`: none of theirs stands yet under a witnessed head.
 */
export async function verifyStaff(input: {
  readonly proof: StaffProof | null;
  readonly pins: KeyPins;
  readonly own: { readonly agreement: KeyId; readonly signing: KeyId };
  readonly now: number;
}): Promise<'as_held' | 'waiting' | 'others'> {
  const { proof, own } = input;
  if (!proof) return 'waiting';
  try {
    const { staff } = await verifyPeople(proof, input.pins, input.now);
    const mine = staff.filter(({ kid }) => kid === own.agreement || kid === own.signing);
    const [first] = mine;
    if (!first) return 'waiting';
    // By the keys that this browser holds, and not by who the server says one is.
    const ofHolder = staff.filter(({ holder }) => holder === first.holder);
    const fits = [...mine, ...ofHolder].every(({ use, kid, holder }) => {
      const held = use === 'signing' ? own.signing : own.agreement;
      return kid === held && holder === first.holder;
    });
    const whole = ['agreement', 'signing'].every((use) => mine.some((key) => key.use === use));
    return fits && whole ? 'as_held' : 'others';
  } catch (error) {
    if (error instanceof VaultError || error instanceof KeyDoubted) return 'others';
    throw error;
  }
}

/** What stands of an agency and of its people, under a witnessed head. @throws {KeyDoubted} for the head; VaultError */
async function verifyPeople(
  proof: StaffProof,
  pins: KeyPins,
  now: number,
): Promise<{ readonly standing: AgencyStanding; readonly staff: ReturnType<typeof readStaffText> }> {
  const standing = await verifyStanding(await verifyWitnessed(proof, pins, now), proof.standing);
  requireThat(standing.staff === (await sha256(proof.staff)));
  return { standing, staff: readStaffText(proof.staff) };
}

/** A colleague to whom something is to be granted: whose account it is, and which key. */
export interface NamedColleague {
  readonly staffId: string;
  readonly kid: KeyId;
}

/**
 * Checks, before something of an agency is granted to its own people, that the keys that the server names are theirs by the
 * log: for each account this one key that agrees, and no other. Which agency it is, is told by the key of whoever grants.
 *
 * @param input.own kid of the key that agrees of whoever grants
 * @param input.now milliseconds since 1970
 * @returns what stands of the agency
 * @throws {KeyDoubted}
 */
export async function verifyColleagues(input: {
  readonly proof: StaffProof | null;
  readonly pins: KeyPins;
  readonly own: KeyId;
  readonly colleagues: readonly NamedColleague[];
  readonly now: number;
}): Promise<AgencyStanding> {
  const { proof, pins, own, colleagues, now } = input;
  if (!proof) throw new KeyDoubted('not_logged');
  try {
    const { standing, staff } = await verifyPeople(proof, pins, now);
    const agreeing = staff.filter(({ use }) => use === 'agreement');
    requireThat(agreeing.some(({ kid }) => kid === own));
    for (const { staffId, kid } of colleagues) {
      const holder = await holderOf(staffId);
      const theirs = agreeing.filter((key) => key.holder === holder);
      requireThat(theirs.length === 1 && theirs[0]?.kid === kid);
    }
    return standing;
  } catch (error) {
    throw error instanceof VaultError ? new KeyDoubted('not_logged') : error;
  }
}

/**
 * Whether the log has the agency's complaints key as somebody who holds it does. `others`: one stands that they do not hold,
 * which a renewal can bring about, or a server that others write to; `waiting`: nothing of the agency can be shown yet.
 *
 * @param input.held kids of the agency's keys that they opened, retired ones too
 * @param input.now milliseconds since 1970
 */
export async function verifyAgencyKey(input: {
  readonly proof: StaffProof | null;
  readonly pins: KeyPins;
  readonly own: KeyId;
  readonly held: readonly KeyId[];
  readonly now: number;
}): Promise<'as_held' | 'waiting' | 'others'> {
  const { proof, held } = input;
  if (!proof || held.length === 0) return 'waiting';
  try {
    const { readers } = await verifyColleagues({ ...input, colleagues: [] });
    const standing = readers.filter(({ use }) => use === 'complaints');
    if (standing.length === 0) return 'waiting';
    return standing.every(({ kid }) => held.includes(kid)) ? 'as_held' : 'others';
  } catch (error) {
    // That the head is forged, or their own key not in it, is looked into where their own keys are.
    if (error instanceof KeyDoubted) return 'waiting';
    throw error;
  }
}

/** What shows that keys were added to the log, whether or not they stand by now. */
export interface AddedProof extends WitnessedHead {
  readonly entries: ReadersProof['entries'];
}

/**
 * Which of some keys were ever added to the log for a use. What was signed with a key stays signed once it is retired, and
 * what was granted to it granted; so the head may be of any age, as long as witnesses saw it.
 *
 * @param input.agency for which it was added; undefined where any will do
 * @param input.uses any one of them will do
 * @returns none where what is shown cannot be believed
 */
export async function addedAmong(input: {
  readonly proof: AddedProof | null;
  readonly pins: KeyPins;
  readonly agency?: string;
  readonly uses: readonly LoggedUse[];
  readonly kids: readonly KeyId[];
}): Promise<ReadonlySet<KeyId>> {
  const { proof, pins, uses, kids } = input;
  const added = new Set<KeyId>();
  if (!proof) return added;
  try {
    const head = await verifySeen(proof, pins);
    for (const place of proof.entries) {
      const read = readEntry(place.entry);
      if (read.act === 'lodged') continue;
      const { agency, use, kid } = read;
      if (!kids.includes(kid) || !uses.includes(use) || agency !== (input.agency ?? agency)) continue;
      if (await isLogged(head, [place], { agency, use, kid })) added.add(kid);
    }
    return added;
  } catch (error) {
    if (error instanceof VaultError || error instanceof KeyDoubted) return new Set();
    throw error;
  }
}

import type { CryptoKey } from 'jose';
import { verifyConsent } from '../vault/consent.js';
import { verifyEpochs, type SignedEpoch } from '../vault/epochs.js';
import { importPublicKey, thumbprint, type PublicJwk } from '../vault/keys.js';
import { orNull, VaultError, type CaseKeyName, type KeyId } from '../vault/suite.js';
import type { SealedKeys } from './sealed-case.js';

// Who signed what of a case. The same in a browser and in Node.

/** Whose signature counts: the person's own, or that of a member of staff. */
export interface Signers {
  readonly person: ReadonlyMap<KeyId, CryptoKey>;
  readonly staff: ReadonlyMap<KeyId, CryptoKey>;
  /** Named as staff's, and not in the log of keys: they sign nothing, and pages say why. */
  readonly doubted: ReadonlySet<KeyId>;
}

/** The signing keys that the server names. @throws {VaultError} where one has not its form */
export async function signersOf({ mailbox, staffSigning, doubted = [] }: SealedKeys): Promise<Signers> {
  const usable = async (jwk: PublicJwk): Promise<[KeyId, CryptoKey]> => {
    const kid = await thumbprint(jwk);
    return [kid, await importPublicKey({ kid, jwk }, 'signing')];
  };
  return {
    person: new Map([await usable(mailbox.signing)]),
    staff: new Map(await Promise.all(staffSigning.map(({ jwk }) => usable(jwk)))),
    doubted: new Set(doubted),
  };
}

/** A record was begun with a key of staff that the log of keys does not have. */
export class SignerDoubted extends VaultError {
  constructor() {
    super();
    this.name = 'SignerDoubted';
  }
}

/**
 * The records of one key, oldest first, each signed by somebody who may begin it.
 *
 * @throws {SignerDoubted} where one would be, if the key that signed it were logged
 * @throws {VaultError}
 */
export function verifiedChain(
  sealed: SealedKeys,
  key: CaseKeyName,
  { person, staff, doubted }: Signers,
): Promise<SignedEpoch[]> {
  const ofKey = sealed.epochs.filter((epoch) => epoch.key === key).sort((a, b) => a.epoch - b.epoch);
  let signerDoubted = false;
  const chain = verifyEpochs({
    records: ofKey.map(({ record }) => record),
    expect: { caseId: sealed.id, key },
    verify: (kid, epoch) => {
      signerDoubted ||= doubted.has(kid);
      if (key === 'desk' || key === 'referral') return staff.get(kid);
      // Who a person is, only they themselves hand on; and a case begins with them, unless it is a part of one.
      const mayBeStaffs = key === 'case' && (epoch > 1 || sealed.isPart === true);
      return person.get(kid) ?? (mayBeStaffs ? staff.get(kid) : undefined);
    },
  });
  return chain.catch((error: unknown) => {
    throw error instanceof VaultError && signerDoubted ? new SignerDoubted() : error;
  });
}

/** Whom the person named: all of them, and those of their newest consent; null where there is none. */
export interface AgreedTo {
  readonly all: ReadonlySet<KeyId>;
  readonly last: ReadonlySet<KeyId> | null;
}

/**
 * The kids of the readers whom the person named: in the epochs that they began, and in their consents. A consent that does
 * not verify names nobody. A part begins without them: there it is their own key, which who writes believes by an excerpt,
 * and those whom they named in the whole, where that is open here too.
 */
export async function readersAgreedTo(
  sealed: SealedKeys,
  chains: ReadonlyMap<CaseKeyName, readonly SignedEpoch[]>,
  { person }: Signers,
): Promise<AgreedTo> {
  const verify = (kid: KeyId): CryptoKey | undefined => person.get(kid);
  const consents = await Promise.all(
    sealed.consents.map((jws) => orNull(verifyConsent({ jws, caseId: sealed.id, verify }))),
  );
  const named = (chains.get('case') ?? []).filter(({ signedBy }) => person.has(signedBy));
  const own = sealed.isPart === true ? [await thumbprint(sealed.mailbox.agreement)] : [];
  const last = consents.filter((each) => each !== null).at(-1);
  return {
    all: new Set([...own, ...[...named, ...consents].flatMap((each) => each?.readers ?? [])]),
    last: last ? new Set(last.readers) : null,
  };
}

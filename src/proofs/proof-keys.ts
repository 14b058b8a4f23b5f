import type { ServiceKeys } from '../../config/service-keys.js';
import type { KeyPins } from '../vault/key-heads.js';
import { readPublicJwk } from '../vault/keys.js';
import { PROOF_KEYS, type ProofKeys } from '../vault/proof-file.js';

/** The public keys by which a proof is believed, as they are published. */
export function proofKeys({ proofs }: Pick<ServiceKeys, 'proofs'>, { log, witnesses }: KeyPins): ProofKeys {
  const { kty, crv, x, y } = proofs.publicJwk;
  return { format: PROOF_KEYS, promises: [readPublicJwk({ kty, crv, x, y })], log, witnesses };
}

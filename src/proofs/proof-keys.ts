import type { ServiceKeys } from '../../config/service-keys.js';
import type { KeyPins } from '../vault/key-heads.js';
import { readPublicJwk } from '../vault/keys.js';
import { PROOF_KEYS, type ProofKeys } from '../vault/proof-file.js';

/**
 * The public keys by which a proof is believed, as they are published: of those that sign promises the one of now and all
 * before it, since a proof is shown long after it was saved.
 */
export function proofKeys({ proofJwks }: Pick<ServiceKeys, 'proofJwks'>, { log, witnesses }: KeyPins): ProofKeys {
  const promises = proofJwks.map(({ kty, crv, x, y }) => readPublicJwk({ kty, crv, x, y }));
  return { format: PROOF_KEYS, promises, log, witnesses };
}

import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';
import { verifyKeyStatement, type KeySaying, type SignedKeyStatement } from '../vault/key-statements.js';
import { importPublicKey, type PublicKey } from '../vault/keys.js';
import { dayInAuckland } from '../web/day.js';
import { Invalid } from '../web/errors.js';
import { wellFormed } from '../web/well-formed.js';

const A_DAY = 24 * 60 * 60 * 1000;

/**
 * Checks what somebody signed about a key of their agency: by their signing key of now, about this key, and today; what
 * was signed just before midnight counts until the next.
 *
 * @throws {Invalid} naming the statement
 */
export async function checkStatement(
  manager: EntityManager,
  actor: StaffActor,
  jws: string,
  expected: { readonly key: string; readonly said: readonly KeySaying[] },
): Promise<SignedKeyStatement> {
  const refusal = (): Invalid =>
    new Invalid([{ field: 'statement', code: 'statement', message: 'This was not signed as it must be. Try again.' }]);
  const signing = await manager.query<PublicKey[]>(
    `SELECT kid, jwk FROM staff_keys WHERE staff_id = $1 AND purpose = 'signing' AND retired_at IS NULL`,
    [actor.staffId],
  );
  const statement = await wellFormed(
    () =>
      verifyKeyStatement({
        jws,
        expect: { agency: actor.agencyId, key: expected.key },
        verify: (kid) => {
          const own = signing.find((key) => key.kid === kid);
          return own && importPublicKey(own, 'signing');
        },
      }),
    refusal,
  );
  const days = [dayInAuckland(), dayInAuckland(new Date(Date.now() - A_DAY))];
  if (!expected.said.includes(statement.said) || !days.includes(statement.day)) throw refusal();
  return statement;
}

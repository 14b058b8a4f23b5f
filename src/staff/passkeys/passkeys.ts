import { Injectable } from '@nestjs/common';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { cose, isoCBOR } from '@simplewebauthn/server/helpers';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Settings } from '../../../config/settings.js';
import { dayInAuckland } from '../../web/day.js';
import { StaffSecrets } from '../staff-secrets.js';
import { endOfChallenge, makeChallenge, prfSaltFor, type ChallengeFor } from './challenges.js';
import type { Assertion, NewPasskeyOffer, PasskeyQuestion, Registration } from './passkey.js';

/** A passkey as the server knows it. */
interface KnownPasskey {
  readonly id: string;
  readonly staffId: string;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
}

/** What is kept of a new passkey. */
export interface MadePasskey {
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: string;
  readonly transports: string[];
  /** The salt it was offered with. */
  readonly prfSalt: string;
}

/** ES256, EdDSA, RS256 (COSE): what authenticators have. */
const ALGORITHMS = [-7, -8, -257];

/** Asks passkeys and checks what they answer (WebAuthn Level 3): verified person, this origin, each challenge once. */
@Injectable()
export class Passkeys {
  private readonly nobody = makeNobody();

  constructor(
    private readonly settings: Settings,
    private readonly secrets: StaffSecrets,
  ) {}

  /** A question for a passkey that is there. */
  ask(wanted: ChallengeFor, at = new Date()): PasskeyQuestion {
    return { challenge: makeChallenge(this.secrets.passkeys, wanted, at), rpId: this.rpId };
  }

  /** What a new passkey of this person is to be made with. */
  offer(staffId: string, wanted: ChallengeFor, at = new Date()): NewPasskeyOffer {
    const question = this.ask(wanted, at);
    const userHandle = handleOf(staffId).toString('base64url');
    return { ...question, userHandle, prfSalt: prfSaltFor(this.secrets.passkeys, question.challenge) };
  }

  /**
   * Checks a passkey that was made and uses up its challenge.
   *
   * @returns null where it was not made for this, or its challenge is too old or was used
   */
  async made(
    manager: EntityManager,
    registration: Registration,
    wanted: ChallengeFor,
    at = new Date(),
  ): Promise<MadePasskey | null> {
    const { id, clientDataJSON, attestationObject, transports } = registration;
    const asked = this.judgeBy(wanted, at);
    const verified = await orNull(
      verifyRegistrationResponse({
        response: {
          id,
          rawId: id,
          type: 'public-key',
          response: { clientDataJSON, attestationObject },
          clientExtensionResults: {},
        },
        ...asked,
        supportedAlgorithmIDs: ALGORITHMS,
      }),
    );
    if (verified?.verified !== true || !asked.answered || !(await useUp(manager, asked.answered))) return null;
    const { credential } = verified.registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter.toString(),
      transports: [...transports],
      prfSalt: prfSaltFor(this.secrets.passkeys, asked.answered.challenge),
    };
  }

  /**
   * Whose passkey answered, if it was one of ours, its person verified, and the challenge was never answered before. Its
   * counter moves on; one that goes back is refused, as that of a copy. An unknown credential costs what a known one does.
   *
   * @param of the only person it may be the passkey of; without one it must say itself whose it is
   * @returns the person's id, or null
   */
  async answered(
    manager: EntityManager,
    assertion: Assertion,
    wanted: ChallengeFor,
    { of, at = new Date() }: { readonly of?: string; readonly at?: Date } = {},
  ): Promise<string | null> {
    const { id, clientDataJSON, authenticatorData, signature, userHandle } = assertion;
    const known = await this.find(manager, id);
    const { publicKey, counter, staffId } = known ?? this.nobody;
    const asked = this.judgeBy(wanted, at);
    const verified = await orNull(
      verifyAuthenticationResponse({
        response: {
          id,
          rawId: id,
          type: 'public-key',
          response: { clientDataJSON, authenticatorData, signature },
          clientExtensionResults: {},
        },
        ...asked,
        credential: { id, publicKey: new Uint8Array(publicKey), counter },
      }),
    );
    if (verified?.verified !== true || !known || !asked.answered) return null;
    const itself = handleOf(staffId).toString('base64url');
    if (of === undefined ? userHandle !== itself : of !== staffId) return null;
    if (!(await useUp(manager, asked.answered))) return null;
    return (await this.count(manager, known, verified.authenticationInfo.newCounter, at)) ? staffId : null;
  }

  private get rpId(): string {
    return new URL(this.settings.staffOrigin).hostname;
  }

  /** What an answer is held against; `answered` is the challenge, once it was found to be a good one. */
  private judgeBy(wanted: ChallengeFor, at: Date) {
    const asked = {
      answered: null as GoodChallenge | null,
      expectedChallenge: (challenge: string): boolean => {
        const end = endOfChallenge(this.secrets.passkeys, challenge, wanted, at);
        asked.answered = end && { challenge, end };
        return end !== null;
      },
      expectedOrigin: this.settings.staffOrigin,
      expectedRPID: this.rpId,
      requireUserVerification: true,
    };
    return asked;
  }

  private async find(manager: EntityManager, credentialId: string): Promise<KnownPasskey | undefined> {
    const [row] = await manager.query<(Omit<KnownPasskey, 'counter'> & { counter: string })[]>(
      `SELECT a.id, a.staff_id AS "staffId", a.credential_id AS "credentialId", a.public_key AS "publicKey", a.counter
         FROM staff_authenticators a JOIN staff p ON p.id = a.staff_id AND p.active
        WHERE a.credential_id = $1`,
      [credentialId],
    );
    return row && { ...row, counter: Number(row.counter) };
  }

  /** One statement, so that of two answers with one counter only one counts. */
  private async count(manager: EntityManager, { id }: KnownPasskey, counter: number, at: Date): Promise<boolean> {
    const [counted] = await manager.query<[unknown[], number]>(
      `UPDATE staff_authenticators SET counter = $2::bigint, last_used_on = $3
        WHERE id = $1 AND (counter < $2::bigint OR (counter = 0 AND $2::bigint = 0)) RETURNING id`,
      [id, counter, dayInAuckland(at)],
    );
    return counted.length === 1;
  }
}

interface GoodChallenge {
  readonly challenge: string;
  readonly end: Date;
}

/** Keeps a challenge as answered. @returns whether it was not before, also of two answers at once */
async function useUp(manager: EntityManager, { challenge, end }: GoodChallenge): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO staff_used_challenges (challenge_hash, expires_at) VALUES ($1, $2)
     ON CONFLICT (challenge_hash) DO NOTHING RETURNING challenge_hash`,
    [createHash('sha256').update(challenge).digest(), end],
  );
  return rows.length === 1;
}

/** A person's id as a passkey keeps it: its 16 bytes. */
function handleOf(staffId: string): Buffer {
  return Buffer.from(staffId.replaceAll('-', ''), 'hex');
}

/* The library says of what does not verify why, in words that hold what was sent. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  return work.catch(() => null);
}

/** A passkey that nobody has, against which answers of unknown ones are checked. */
function makeNobody(): KnownPasskey {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key = new Map<number, number | Uint8Array<ArrayBuffer>>([
    [cose.COSEKEYS.kty, cose.COSEKTY.EC2],
    [cose.COSEKEYS.alg, cose.COSEALG.ES256],
    [cose.COSEKEYS.crv, cose.COSECRV.P256],
    [cose.COSEKEYS.x, new Uint8Array(Buffer.from(x, 'base64url'))],
    [cose.COSEKEYS.y, new Uint8Array(Buffer.from(y, 'base64url'))],
  ]);
  const encoded = Buffer.from(isoCBOR.encode(key));
  const credentialId = randomBytes(32).toString('base64url');
  return { id: '', staffId: '00000000-0000-4000-8000-000000000000', credentialId, publicKey: encoded, counter: 0 };
}

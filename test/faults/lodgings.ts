import { randomBytes } from 'node:crypto';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import { sealLodging } from '../../src/vault/lodging.js';
import type { Scene } from './scene.js';

/** A lodging ready to be sent, and what has to be found afterwards. */
export interface Lodging {
  readonly path: 'complaint' | 'disclosure';
  readonly agencyId: string;
  readonly idempotencyKey: string;
  readonly body: string;
  /** Null where the server seals, and chooses the id. */
  readonly caseId: string | null;
  readonly items: number;
}

export const COMPLAINT = facets('service_user', 'msd', 'benefit', 'not_raised', 'under_3_months');
export const DISCLOSURE = { ...facets('worker', 'police', 'police_conduct', 'unsafe', 'ongoing') };

export function makeIdempotencyKey(): string {
  return randomBytes(24).toString('base64url');
}

/** Seals a lodging as a browser does. */
export async function sealedLodging(scene: Scene, path: Lodging['path'], named: boolean): Promise<Lodging> {
  const agencyId = path === 'complaint' ? 'msd' : 'ipca';
  const readers = scene.readers.get(agencyId)?.[path === 'complaint' ? 'complaints' : 'disclosures'] ?? [];
  const given = path === 'complaint' ? COMPLAINT : DISCLOSURE;
  const { submission } = await sealLodging({
    statement: { whatHappened: 'Something happened.', ...(path === 'disclosure' ? { facets: given } : {}) },
    identity: named ? { identity: 'Somebody' } : undefined,
    readers: readers.map(({ kid, jwk }) => ({ kid, jwk })),
    identityReaders: readers.map(({ kid, jwk }) => ({ kid, jwk })),
    receiver: agencyId,
    day: todayInAuckland(),
  });
  return {
    path,
    agencyId,
    idempotencyKey: makeIdempotencyKey(),
    body: JSON.stringify({ facets: given, ...submission }),
    caseId: submission.sealed.case,
    items: submission.sealed.items.length,
  };
}

/** A lodging that the server seals as it arrives. */
export function clearLodging(): Lodging {
  return {
    path: 'complaint',
    agencyId: 'msd',
    idempotencyKey: makeIdempotencyKey(),
    body: JSON.stringify({ facets: COMPLAINT, statement: { whatHappened: 'Something happened.' } }),
    caseId: null,
    items: 1,
  };
}

export interface Acknowledged {
  readonly reference: string;
  readonly destination: { readonly id: string };
  readonly receipt?: string;
}

/**
 * Sends a lodging once.
 *
 * @returns the acknowledgement, or null where the server was away or went away
 * @throws where it was refused
 */
export async function send(origin: string, { idempotencyKey, body }: Lodging): Promise<Acknowledged | null> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(`${origin}/api/v1/submissions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body,
    });
    ({ status } = response);
    text = await response.text();
  } catch {
    return null;
  }
  if (status >= 500) return null;
  if (status !== 201) throw new Error(`refused with ${status.toString()}: ${text}`);
  return JSON.parse(text) as Acknowledged;
}

function facets(
  relationship: string,
  about: string,
  topic: string,
  stage: string,
  when: string,
): Record<string, string> {
  const gates = { danger: 'none', classified: 'no' };
  return { ...gates, relationship, about, topic, stage, when, head_implicated: 'no', child: 'no' };
}

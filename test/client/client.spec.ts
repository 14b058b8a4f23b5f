import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JSONWebKeySet } from 'jose';
import { ServiceKeys } from '../../config/service-keys.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { openAddress } from '../../src/vault/address.js';
import { KeyLog } from '../../src/agencies/key-log/key-log.js';
import { makeKeyPair, type PublicJwk } from '../../src/vault/keys.js';
import { FACETS, Owner, readersOf, submit } from '../intake/door.js';
import { at } from '../intake/forged.js';
import { checkReaders, type Pins, type Proof as LogProof } from './check-readers.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { Officer } from '../support/officer.js';
import {
  checkPromise,
  fetchMailbox,
  openMailbox,
  type Proof,
  seal,
  sealAddress,
  type SealedByClient,
} from './client.js';

const STATEMENT = { whatHappened: 'Kāore rātou i whakautu. 🙁 لم يردوا', who: 'Te tari' };
const IDENTITY = { identity: 'Hōne, 021 000 000' };

/** Whose keys a client is given to seal to, and what is shown for them. */
interface Shown {
  readonly readers: Readonly<
    Record<'complaints' | 'disclosures', readonly { readonly kid: string; readonly jwk: PublicJwk }[]>
  >;
  readonly proof: LogProof | null;
}

let app: TestApp;
let owner: Owner;
let officers: EnrolledStaffMember[];
let keys: JSONWebKeySet;
let sealed: SealedByClient;
let answer: { proof: Proof; receipt?: string; reference: string };
let caseId: string;
let shown: Shown;
let pins: Pins;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  officers = await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
  keys = (await (await fetch(`${app.publicOrigin}/api/v1/keys`)).json()) as JSONWebKeySet;
  shown = (await (await fetch(`${app.publicOrigin}/api/v1/agencies/msd/readers`)).json()) as Shown;
  pins = app.app.get(KeyLog, { strict: false }).pins;
  const readers = shown.readers.complaints.map(({ kid, jwk }) => ({ kid, jwk }));
  await checkReaders(shown.proof, pins, { agency: 'msd', use: 'complaints', readers });
  sealed = await seal({ receiver: 'msd', readers, day: todayInAuckland(), statement: STATEMENT, identity: IDENTITY });
  const notify = await sealAddress('hone@home.test', keys);
  const response = await submit(app, { facets: FACETS, ...sealed.parts, mailbox: { ...sealed.parts.mailbox, notify } });
  expect({ status: response.status, body: await response.clone().text() }).toMatchObject({ status: 201 });
  answer = (await response.json()) as typeof answer;
  caseId = (sealed.parts.sealed as { case: string }).case;
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

describe('a client with jose alone', () => {
  it('lodges, and is not sent a receipt, since it made its own', () => {
    expect(answer.receipt).toBeUndefined();
    expect(answer.reference).toMatch(/^.{4}-.{4}-.{3}$/);
  });

  it('seals to no key that witnesses have not seen, and to none of another agency or use', async () => {
    const { proof } = shown;
    const readers = shown.readers.complaints;
    const wanted = { agency: 'msd', use: 'complaints', readers };
    const { kid, jwk } = await makeKeyPair('agreement');
    await expect(checkReaders(proof, pins, { ...wanted, readers: [...readers, { kid, jwk }] })).rejects.toThrow(
      'not logged',
    );
    await expect(checkReaders(proof, pins, { ...wanted, agency: 'triage' })).rejects.toThrow('not logged');
    await expect(checkReaders(proof, pins, { ...wanted, use: 'disclosures' })).rejects.toThrow('not logged');
    await expect(checkReaders(proof, { ...pins, witnesses: pins.witnesses.slice(1) }, wanted)).rejects.toThrow(
      'too few',
    );
    const once = proof && { ...proof, cosignatures: proof.cosignatures.map(() => proof.cosignatures[0] ?? '') };
    await expect(checkReaders(once, pins, wanted)).rejects.toThrow('too few');
  });

  it('is read by the receiver’s officers as it wrote', async () => {
    for (const member of officers) {
      const { statement, identity } = await new Officer(app, member).read(caseId);
      expect([statement, identity]).toEqual(sealed.opening.items.map(({ content }) => content));
      expect(statement).toMatchObject(STATEMENT);
      expect(identity).toMatchObject(IDENTITY);
    }
  });

  it('opens its mailbox with the receipt alone', async () => {
    const stored = await fetchMailbox(app.publicOrigin, sealed.receipt);
    const { statement, identity } = await openMailbox(sealed.receipt, stored);
    expect(statement).toMatchObject({ ...STATEMENT, nonce: sealed.opening.nonce });
    expect(identity).toMatchObject(IDENTITY);
  });

  it('opens nothing with another receipt, or where an item was changed', async () => {
    const stored = await fetchMailbox(app.publicOrigin, sealed.receipt);
    const other = sealed.receipt.replace(/^\S+/, (word) => (word === 'abacus' ? 'abdomen' : 'abacus'));
    await expect(openMailbox(other, stored)).rejects.toThrow();
    const [first, second] = stored.items;
    const items = [
      { ...at(stored.items, 0), jwe: second?.jwe ?? '' },
      { ...at(stored.items, 1), jwe: first?.jwe ?? '' },
    ];
    await expect(openMailbox(sealed.receipt, { ...stored, items })).rejects.toThrow();
  });

  it('holds a promise that is good for its words and for no others', async () => {
    expect(await checkPromise(answer.proof, sealed.opening, keys)).toBe(true);
    const others = { ...sealed.opening, receiver: 'ird' };
    expect(await checkPromise(answer.proof, others, keys)).toBe(false);
    expect(await checkPromise({ ...answer.proof, size: answer.proof.size + 1 }, sealed.opening, keys)).toBe(false);
    const forged = { ...answer.proof, signature: answer.proof.signature.replace(/.{4}$/, 'AAAA') };
    await expect(checkPromise(forged, sealed.opening, keys)).rejects.toThrow();
  });

  it('holds such a promise also where many were signed at once', async () => {
    const readers = await readersOf(app, 'msd');
    const many = await Promise.all(
      Array.from({ length: 12 }, () =>
        seal({ receiver: 'msd', readers, day: todayInAuckland(), statement: STATEMENT }),
      ),
    );
    const answers = await Promise.all(
      many.map(async ({ parts }) => (await (await submit(app, { facets: FACETS, ...parts })).json()) as typeof answer),
    );
    for (const [i, { proof }] of answers.entries())
      expect(await checkPromise(proof, at(many, i).opening, keys)).toBe(true);
  });

  it('leaves an address that the service can open, to tell it of a message', async () => {
    const [row] = await owner.rows<{ jwe: string }>('SELECT notify_sealed AS jwe FROM mailboxes WHERE case_id = $1', [
      caseId,
    ]);
    const { sealing } = app.app.get(ServiceKeys);
    expect(await openAddress((other) => sealing.agree(other), row?.jwe ?? '')).toBe('hone@home.test');
  });
});

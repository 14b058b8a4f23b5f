import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AgencyKeysService } from '../../src/agencies/agency-keys.service.js';
import { makeAgencyKey } from '../../src/agencies/make-agency-key.js';
import type { EnrolledStaffMember } from '../../src/staff/enrol-staff-member.js';
import { makeKeyPair, type MadeKey, type PublicKey, sealPrivateKeys } from '../../src/vault/keys.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { blamed, FACETS, Owner, readersOf, seal, submit } from './door.js';
import { at, type Forgeable, withHeader, withPayload } from './forged.js';

let app: TestApp;
let owner: Owner;
let officers: EnrolledStaffMember[];
let readers: PublicKey[];
let others: PublicKey[];
let stranger: MadeKey;
/** Honest parts, with a name: copied, never changed. */
let honest: Forgeable;
/** Honest parts of another case to the same readers. */
let foreign: Forgeable;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  owner = await Owner.of(app);
  officers = await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
  readers = await readersOf(app, 'msd');
  others = await readersOf(app, 'triage');
  stranger = await makeKeyPair('agreement');
  honest = (await seal({ readers, receiver: 'msd', identity: { identity: 'Ana' } })).submission;
  foreign = (await seal({ readers, receiver: 'msd', identity: { identity: 'Ana' } })).submission;
});

afterAll(async () => {
  await owner.close();
  await app.close();
});

async function refused(body: unknown): Promise<string[]> {
  const before = await owner.counts();
  const response = await submit(app, body);
  expect({ status: response.status, body: await response.clone().text() }).toMatchObject({ status: 422 });
  expect(await owner.counts()).toEqual(before);
  return blamed(response);
}

/** What a forgery changes in honest parts, and the field that is named for it. */
type Forgery = [what: string, field: string, change: (parts: Forgeable) => unknown];

const grants: Forgery[] = [
  ['that is not a JWE', 'grants.0.jwe', (p) => (at(p.grants, 0).jwe = 'not-a-jwe')],
  ['that has five parts and is no JWE', 'grants.0.jwe', (p) => (at(p.grants, 0).jwe = 'a.b.c.d.e')],
  [
    'with a grant header of another algorithm',
    'grants.0.jwe',
    (p) => {
      forgeGrant(p, { alg: 'RSA-OAEP' });
    },
  ],
  [
    'whose JWE is for another reader',
    'grants.0.jwe',
    (p) => {
      forgeGrant(p, { kid: stranger.kid });
    },
  ],
  [
    'whose JWE is of another epoch',
    'grants.0.jwe',
    (p) => {
      forgeGrant(p, { epoch: 2 });
    },
  ],
  ['of another epoch', 'grants.0.epoch', (p) => (at(p.grants, 0).epoch = 2)],
  ['of another case', 'grants.0.jwe', (p) => (at(p.grants, 0).jwe = at(foreign.grants, 0).jwe)],
  ['swapped between words and name', 'grants.0.jwe', swapKeys],
  ['called a grant of the other key', 'grants.0.jwe', (p) => (at(p.grants, 0).key = 'identity')],
  ['of the desk key', 'grants.0.key', (p) => (at(p.grants, 0).key = 'desk')],
  ['given twice', 'grants.4.reader', (p) => p.grants.push({ ...at(p.grants, 0) })],
  [
    'left out for the mailbox',
    'grants',
    (p) => (p.grants = p.grants.filter((g) => g.reader !== p.mailbox.agreement.kid)),
  ],
  [
    'left out for the agency',
    'grants',
    (p) => (p.grants = p.grants.filter((g) => g.reader === p.mailbox.agreement.kid)),
  ],
  ['left out for the name alone', 'grants', (p) => (p.grants = p.grants.filter((g) => g.key === 'case'))],
  ['for one reader more', 'grants.4.reader', (p) => p.grants.push({ ...at(p.grants, 0), reader: stranger.kid })],
  ['in the stead of the agency', 'grants.0.reader', (p) => (at(p.grants, 0).reader = stranger.kid)],
];

const epochs: Forgery[] = [
  [
    'of another case',
    'sealed.epochs.0.record',
    (p) => (at(p.sealed.epochs, 0).record = at(foreign.sealed.epochs, 0).record),
  ],
  [
    'signed by another kid',
    'sealed.epochs.0.record',
    (p) => {
      forgeRecord(p, (r) => withHeader(r, { kid: stranger.kid }));
    },
  ],
  [
    'of another algorithm',
    'sealed.epochs.0.record',
    (p) => {
      forgeRecord(p, (r) => withHeader(r, { alg: 'none' }));
    },
  ],
  [
    'that follows another',
    'sealed.epochs.0.record',
    (p) => {
      forgeRecord(p, (r) => withPayload(r, { epoch: 2, previous: stranger.kid }));
    },
  ],
  [
    'of the other key',
    'sealed.epochs.0.record',
    (p) => {
      forgeRecord(p, () => at(p.sealed.epochs, 1).record);
    },
  ],
  [
    'that names a reader more',
    'grants',
    (p) => {
      forgeRecord(p, (r) => withPayload(r, { readers: [...readKids(r), stranger.kid].sort() }));
    },
  ],
  [
    'that names a reader less',
    'grants',
    (p) => {
      forgeRecord(p, (r) => withPayload(r, { readers: readKids(r).slice(1) }));
    },
  ],
  [
    'that is not a JWS',
    'sealed.epochs.0.record',
    (p) => {
      forgeRecord(p, () => 'nothing');
    },
  ],
  [
    'that is longer than any',
    'sealed.epochs.0.record',
    (p) => {
      forgeRecord(p, (r) => r.replace('.', `.${'A'.repeat(5000)}`));
    },
  ],
  ['numbered two', 'sealed.epochs.0.epoch', (p) => (at(p.sealed.epochs, 0).epoch = 2)],
  ['given twice', 'sealed.epochs', (p) => (p.sealed.epochs = [at(p.sealed.epochs, 0), at(p.sealed.epochs, 0)])],
  ['missing for the name', 'sealed.items.1.jwe', (p) => p.sealed.epochs.pop()],
  ['missing for the words', 'sealed.epochs', (p) => p.sealed.epochs.shift()],
];

const items: Forgery[] = [
  ['under an id that is not its own', 'sealed.items.0.jwe', (p) => (at(p.sealed.items, 0).id = randomUUID())],
  [
    'under an id in capitals',
    'sealed.items.0.jwe',
    (p) => (at(p.sealed.items, 0).id = at(p.sealed.items, 0).id.toUpperCase()),
  ],
  ['under an id that is none', 'sealed.items.0.id', (p) => (at(p.sealed.items, 0).id = 'one')],
  [
    'with another commit',
    'sealed.items.0.jwe',
    (p) => {
      forgeItem(p, { commit: stranger.kid });
    },
  ],
  [
    'of another case',
    'sealed.items.0.jwe',
    (p) => {
      forgeItem(p, { kid: `${randomUUID()}#1` });
    },
  ],
  [
    'of another epoch',
    'sealed.items.0.jwe',
    (p) => {
      forgeItem(p, { kid: `${p.sealed.case}#2` });
    },
  ],
  [
    'of another kind',
    'sealed.items.0.jwe',
    (p) => {
      forgeItem(p, { kind: 'note' });
    },
  ],
  [
    'of another suite',
    'sealed.items.0.jwe',
    (p) => {
      forgeItem(p, { suite: 'onedoor-seal-0' });
    },
  ],
  ['with a length that tells', 'sealed.items.0.jwe', (p) => (at(p.sealed.items, 0).jwe = at(p.grants, 0).jwe)],
  ['with its name under the key of the words', 'sealed.items.1.key', (p) => (at(p.sealed.items, 1).key = 'case')],
  ['given twice', 'sealed.items', (p) => (p.sealed.items = [at(p.sealed.items, 0), at(p.sealed.items, 0)])],
  ['that is a name and nothing else', 'sealed.items', (p) => p.sealed.items.shift()],
  ['missing altogether', 'sealed.items', (p) => (p.sealed.items = [])],
];

const mailboxes: Forgery[] = [
  ['with a kid of another key', 'mailbox.agreement', (p) => (p.mailbox.agreement.kid = stranger.kid)],
  ['with another key under its kid', 'mailbox.signing', (p) => (p.mailbox.signing.jwk = { ...stranger.jwk })],
  [
    'with a key of another curve',
    'mailbox.agreement.jwk.crv',
    (p) => ((p.mailbox.agreement.jwk.crv as string) = 'P-256'),
  ],
  ['with a key that is no key', 'mailbox.agreement.jwk.x', (p) => (p.mailbox.agreement.jwk.x = 'AA')],
  [
    'with a private key',
    'mailbox.agreement.jwk.d',
    (p) => Object.assign(p.mailbox.agreement.jwk, { d: stranger.privateJwk.d }),
  ],
  [
    'with a point beside the curve to agree with',
    'mailbox.agreement',
    (p) => (p.mailbox.agreement = besideTheCurve(p.mailbox.agreement)),
  ],
  [
    'with a point beside the curve to sign with',
    'mailbox.signing',
    (p) => (p.mailbox.signing = besideTheCurve(p.mailbox.signing)),
  ],
  [
    'with a key of the receiver to agree with',
    'mailbox.agreement',
    (p) => (p.mailbox.agreement = { ...at(readers, 0) }),
  ],
  ['with a key of the receiver to sign with', 'mailbox.signing', (p) => (p.mailbox.signing = { ...at(readers, 0) })],
  ['with one pair for both', 'mailbox.signing', (p) => (p.mailbox.signing = { ...p.mailbox.agreement })],
  ['with an id that is no hash', 'mailbox.idHash', (p) => (p.mailbox.idHash = 'words of a receipt')],
  [
    'with keys sealed for staff',
    'mailbox.sealedPrivate',
    (p) => (p.mailbox.sealedPrivate = withHeader(p.mailbox.sealedPrivate, { purpose: 'staff' })),
  ],
  [
    'with the keys of another',
    'mailbox.sealedPrivate',
    (p) => (p.mailbox.sealedPrivate = foreign.mailbox.sealedPrivate),
  ],
  [
    'with keys in clear',
    'mailbox.sealedPrivate',
    (p) => (p.mailbox.sealedPrivate = JSON.stringify(stranger.privateJwk)),
  ],
  ['with an address in clear', 'mailbox.notify', (p) => Object.assign(p.mailbox, { notify: 'ana@home.test' })],
];

/** A key in its right form, under its thumbprint, that is none: its last bit is another. */
function besideTheCurve({ jwk }: PublicKey): PublicKey {
  const y = Buffer.from(jwk.y, 'base64url');
  y.writeUInt8(y.readUInt8(47) ^ 1, 47);
  const { crv, kty, x } = jwk;
  const beside = { crv, kty, x, y: y.toString('base64url') };
  return { kid: createHash('sha256').update(JSON.stringify(beside)).digest('base64url'), jwk: beside };
}

function forgeGrant(parts: Forgeable, change: Record<string, unknown>): void {
  at(parts.grants, 0).jwe = withHeader(at(parts.grants, 0).jwe, change);
}

function forgeItem(parts: Forgeable, change: Record<string, unknown>): void {
  at(parts.sealed.items, 0).jwe = withHeader(at(parts.sealed.items, 0).jwe, change);
}

function forgeRecord(parts: Forgeable, change: (record: string) => string): void {
  at(parts.sealed.epochs, 0).record = change(at(parts.sealed.epochs, 0).record);
}

function swapKeys({ grants: all }: Forgeable): void {
  const ofName = at(all, 2);
  const ofWords = at(all, 0);
  [ofWords.jwe, ofName.jwe] = [ofName.jwe, ofWords.jwe];
}

function readKids(record: string): string[] {
  const payload = JSON.parse(Buffer.from(record.split('.')[1] ?? '', 'base64url').toString()) as { readers: string[] };
  return payload.readers;
}

describe('sealed parts as they were made', () => {
  it('are taken', async () => {
    const { submission } = await seal({ readers, receiver: 'msd', identity: { identity: 'Ana' } });
    expect((await submit(app, { facets: FACETS, ...submission })).status).toBe(201);
  });
});

for (const [part, forgeries] of Object.entries({ grant: grants, epoch: epochs, item: items, mailbox: mailboxes })) {
  describe(`a forged ${part}`, () => {
    it.each(forgeries)(`%s is refused by name of %s, and nothing is stored`, async (_what, field, change) => {
      const parts = structuredClone(honest);
      change(parts);
      expect(await refused({ facets: FACETS, ...parts })).toContain(field);
    });
  });
}

describe('keys that are not the receiver’s', () => {
  it('of another agency are refused reader by reader', async () => {
    const { submission } = await seal({ readers: others, receiver: 'msd' });
    expect(await refused({ facets: FACETS, ...submission })).toContain('grants.0.reader');
  });

  it('of the receiver are refused where the desk was asked for', async () => {
    const { submission } = await seal({ readers, receiver: 'triage' });
    expect(await refused({ facets: FACETS, delivery: 'triage_desk', ...submission })).toContain('grants.0.reader');
  });

  it('of a stranger beside the receiver’s own are refused', async () => {
    const { submission } = await seal({ readers: [...readers, stranger], receiver: 'msd' });
    expect(await refused({ facets: FACETS, ...submission })).toEqual(['grants.1.reader']);
  });

  it('which are one officer’s alone, or leave the recovery key out, are too few for a disclosure', async () => {
    const facets = { ...FACETS, relationship: 'worker', topic: 'fraud' };
    const all = await readersOf(app, 'triage', 'disclosures');
    const [one, two, onPaper] = [at(all, 0), at(all, 1), at(all, 2)];
    const { submission } = await seal({ readers: [one, onPaper], receiver: 'triage' });
    expect(await refused({ facets, delivery: 'triage_desk', ...submission })).toEqual(['grants']);
    const withoutPaper = await seal({ readers: [one, two], receiver: 'triage' });
    expect(await refused({ facets, delivery: 'triage_desk', ...withoutPaper.submission })).toEqual(['grants']);
    const enough = await seal({ readers: all, receiver: 'triage' });
    expect((await submit(app, { facets, delivery: 'triage_desk', ...enough.submission })).status).toBe(201);
  });
});

describe('sealed parts that were lodged before', () => {
  it('are refused under another Idempotency-Key, one after the other and at once', async () => {
    const { submission } = await seal({ readers, receiver: 'msd' });
    const body = { facets: FACETS, ...submission };
    const answers = await Promise.all([submit(app, body), submit(app, body), submit(app, body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const before = await owner.counts();
    const again = await submit(app, body);
    expect({ status: again.status, ...((await again.json()) as object) }).toMatchObject({
      status: 409,
      code: 'already_lodged',
    });
    expect(await owner.counts()).toEqual(before);
  });

  it('are refused as another case with the mailbox of the first', async () => {
    const first = await seal({ readers, receiver: 'msd' });
    expect((await submit(app, { facets: FACETS, ...first.submission })).status).toBe(201);
    const second = await seal({ readers, receiver: 'msd' });
    const before = await owner.counts();
    const mailbox = { ...second.submission.mailbox, idHash: first.submission.mailbox.idHash };
    expect((await submit(app, { facets: FACETS, ...second.submission, mailbox })).status).toBe(409);
    expect(await owner.counts()).toEqual(before);
  });
});

describe('parts of another shape', () => {
  const shapes: [string, (p: Forgeable) => unknown, string][] = [
    ['null', () => null, ''],
    ['a list', (p) => [p], ''],
    ['text', () => 'sealed', ''],
    ['a number', () => 1, ''],
    ['an empty object', () => ({}), ''],
  ];
  const places = [
    'sealed',
    'grants',
    'mailbox',
    'mailbox.agreement',
    'mailbox.signing.jwk',
    'sealed.items',
    'sealed.epochs',
  ];

  it.each(shapes)('%s instead of any part is refused by name of the part', async (_what, shape) => {
    for (const place of places) {
      const parts = { facets: FACETS, ...structuredClone(honest) };
      const path = place.split('.');
      const last = path.pop() ?? '';
      const parent = path.reduce<Record<string, unknown>>(
        (node, name) => node[name] as Record<string, unknown>,
        parts as never,
      );
      parent[last] = shape(parent[last] as Forgeable);
      const fields = await refused(parts);
      expect({ place, fields, named: fields.some((field) => field.startsWith(place)) }).toMatchObject({ named: true });
    }
  });

  it('a part left out is asked for by name', async () => {
    for (const part of ['grants', 'mailbox'] as const) {
      expect(await refused({ facets: FACETS, ...honest, [part]: undefined })).toEqual([part]);
    }
  });

  it('a statement beside sealed parts is refused', async () => {
    expect(await refused({ facets: FACETS, statement: { whatHappened: 'Words' }, ...honest })).toEqual(['sealed']);
  });

  it('an address in clear beside sealed parts is refused, and not repeated', async () => {
    const response = await submit(app, { facets: FACETS, notify: 'ana@home.test', ...honest });
    expect(response.status).toBe(422);
    const text = await response.text();
    expect(text).toContain('"notify"');
    expect(text).not.toContain('ana@home');
  });

  it('grants without end are refused before any is looked at', async () => {
    const many = Array.from({ length: 200 }, () => ({ ...at(honest.grants, 0), jwe: randomBytes(8).toString('hex') }));
    expect(await refused({ facets: FACETS, ...honest, grants: many })).toContain('grants');
  });

  it('keys sealed under a receipt of another mailbox are refused', async () => {
    const keys = { agreement: stranger.privateJwk, signing: (await makeKeyPair('signing')).privateJwk };
    const sealedPrivate = await sealPrivateKeys({ wrappingKey: new Uint8Array(32), purpose: 'mailbox', keys });
    expect(await refused({ facets: FACETS, ...honest, mailbox: { ...honest.mailbox, sealedPrivate } })).toEqual([
      'mailbox.sealedPrivate',
    ]);
  });
});

/* Last, since it changes the keys that all others seal to. */
describe('an agency’s new key', () => {
  it('is sealed to from then on, and its old one refused', async () => {
    const before = readers;
    await owner.rows(`UPDATE agency_keys SET retired_at = now() WHERE agency_id = 'msd'`);
    const service = app.app.get(AgencyKeysService);
    const { actor } = at(officers, 0);
    await service.makeKey(actor, await makeAgencyKey(await service.recipients(actor)));
    const old = await seal({ readers: before, receiver: 'msd' });
    expect(await refused({ facets: FACETS, ...old.submission })).toContain('grants.0.reader');
    readers = await readersOf(app, 'msd');
    expect(readers).not.toEqual(before);
    const fresh = await seal({ readers, receiver: 'msd' });
    expect((await submit(app, { facets: FACETS, ...fresh.submission })).status).toBe(201);
  });
});

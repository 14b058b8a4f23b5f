import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { randomUUID } from 'node:crypto';
import { Sequencer } from '../../src/audit/sequencer.js';
import { signConsent } from '../../src/vault/consent.js';
import { makeMailbox } from '../../src/vault/mailbox.js';
import { afterTheNight } from '../audit/audit-log.js';
import { openTestAgency, startApp, type TestApp } from '../support/app.js';
import { FACETS, newKey, readersOf, seal } from './door.js';
import { at } from './forged.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<
    string,
    { readonly $ref?: string; readonly content?: Record<string, { readonly schema: object }> }
  >;
}
interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly responses: Record<string, Operation['responses'][string]> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

let app: TestApp;
let address: string;
let description: Description;
let ajv: Ajv2020;

beforeAll(async () => {
  app = await startApp({ ROLE: 'web' });
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
  address = `${app.publicOrigin}/api/v1/openapi.json`;
  description = (await (await fetch(address)).json()) as Description;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(description, address);
  for (const name of ['items', 'epoch', 'grants', 'mailbox', 'consent']) {
    const file = `${app.publicOrigin}/api/v1/schemas/${name}.json`;
    ajv.addSchema((await (await fetch(file)).json()) as object, file);
  }
});

afterAll(() => app.close());

/** What is wrong with a value by a schema of the description; null where nothing is. */
function wrong(schema: object, value: unknown): string | null {
  // References are relative to the description, wherever in it they stand.
  const text = JSON.stringify(schema)
    .replaceAll('"$ref":"', `"$ref":"${address}`)
    .replaceAll(`${address}schemas/`, `${app.publicOrigin}/api/v1/schemas/`);
  return ajv.validate(JSON.parse(text) as object, value) ? null : ajv.errorsText();
}

function operationOf(method: string, path: string): Operation {
  const operation = description.paths[path]?.[method];
  if (!operation) throw new Error(`${method} ${path} is not described.`);
  return operation;
}

interface Call {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  /** The path as asked for, where it has parameters. */
  readonly url?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Calls the API; what comes back must be as the description says of it. */
async function call({
  method,
  path,
  url = path,
  body,
  headers = {},
}: Call): Promise<{ status: number; body: unknown }> {
  const response = await fetch(app.publicOrigin + url, {
    method: method.toUpperCase(),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { responses } = operationOf(method, path);
  const named = responses[response.status.toString()];
  expect({ url, status: response.status, described: named !== undefined }).toMatchObject({ described: true });
  const described = named?.$ref
    ? description.components.responses[named.$ref.replace('#/components/responses/', '')]
    : named;
  if (response.status === 204) return { status: 204, body: null };
  const [type = '', { schema } = { schema: {} }] = Object.entries(described?.content ?? {})[0] ?? [];
  expect(response.headers.get('content-type')).toContain(type);
  const answer: unknown = await response.json();
  expect({ url, status: response.status, wrong: wrong(schema, answer) }).toMatchObject({ wrong: null });
  return { status: response.status, body: answer };
}

function wrongRequest(path: string, body: unknown): string | null {
  return wrong(operationOf('post', path).requestBody?.content['application/json']?.schema ?? { not: {} }, body);
}

const LODGE = '/api/v1/submissions';

describe('the description of the API', () => {
  it('is an OpenAPI 3.1 document that names each operation once', () => {
    expect(description.openapi).toMatch(/^3\.1\.\d+$/);
    const names = Object.values(description.paths).flatMap((path) =>
      Object.values(path).map((operation) => (operation as { operationId?: string }).operationId),
    );
    expect(names.every((name) => name !== undefined)).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  it('describes every call that is served, and none that is not', () => {
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(served().sort()).toEqual(described.sort());
  });

  it('leads nowhere into the void', () => {
    const refs = [...JSON.stringify(description).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);
    for (const ref of new Set(refs)) {
      const resolved = new URL(ref, address).href;
      if (!ref.includes('/components/responses/')) expect(ajv.getSchema(resolved)).toBeDefined();
    }
    for (const name of Object.keys(description.components.responses)) {
      expect(refs).toContain(`#/components/responses/${name}`);
    }
  });

  it('has the header that makes a lodging safe to repeat', () => {
    expect(operationOf('post', LODGE).parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
  });
});

/** Every call under /api, as Fastify has them. */
function served(): string[] {
  const tree = app.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', segment = '', methods = ''] = /^([│ ]*)[├└]── (\S*)(?: \((.+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    above.splice(depth, above.length, segment);
    const path = above.join('').replace(/:(\w+)/g, '{$1}');
    if (!path.startsWith('/api/')) return [];
    const own = methods.toLowerCase().split(', ');
    return own.filter((method) => METHODS.includes(method)).map((method) => `${method} ${path}`);
  });
}

describe('what is sent and answered', () => {
  it('is as described for decisions of every kind', async () => {
    const path = '/api/v1/routing/decisions';
    for (const body of [
      FACETS,
      { ...FACETS, relationship: 'worker' },
      { danger: 'none', classified: 'no' },
      { ...FACETS, danger: 'immediate' },
    ]) {
      expect(wrongRequest(path, body)).toBeNull();
      expect((await call({ method: 'post', path, body })).status).toBe(200);
    }
    expect((await call({ method: 'post', path, body: {} })).status).toBe(422);
    expect((await call({ method: 'post', path, body: { much: 'a'.repeat(300_000) } })).status).toBe(413);
  });

  it('is as described for the directory, the keys and the description itself', async () => {
    await call({ method: 'get', path: '/api/v1/agencies' });
    await call({ method: 'get', path: '/api/v1/openapi.json' });
    await call({ method: 'get', path: '/api/v1/agencies/{id}/readers', url: '/api/v1/agencies/msd/readers' });
    await call({ method: 'get', path: '/api/v1/agencies/{id}/readers', url: '/api/v1/agencies/nobody/readers' });
    await call({ method: 'get', path: '/api/v1/key-log' });
    await call({ method: 'get', path: '/api/v1/key-log/entries', url: '/api/v1/key-log/entries?from=0' });
    await call({ method: 'get', path: '/api/v1/key-log/consistency', url: '/api/v1/key-log/consistency?from=1&to=1' });
    await call({ method: 'post', path: '/api/v1/key-log/cosignatures', body: { cosignature: 'a.b.c' } });
    await call({ method: 'get', path: '/api/v1/proofs/keys' });
    const { body } = await call({ method: 'get', path: '/api/v1/keys' });
    expect(JSON.stringify(body)).not.toContain('"d":');
    const sequencer = app.app.get(Sequencer, { strict: false });
    await sequencer.runOnce();
    await sequencer.turn(afterTheNight());
    const heads = { method: 'get', path: '/api/v1/audit/heads' } as const;
    const listed = (await call(heads)).body as { heads: { day: string; size: number }[] };
    expect(listed).toMatchObject({ heads: [{ size: 1, consistency: [] }], next: null });
    const from = (day: string) => call({ ...heads, url: `${heads.path}?after=${day}` });
    expect((await from(listed.heads[0]?.day ?? '')).body).toEqual({ heads: [], next: null });
    expect((await from('2025-02-30')).status).toBe(422);
    const path = '/api/v1/schemas/{file}';
    for (const name of ['items', 'epoch', 'grants', 'mailbox', 'consent']) {
      await call({ method: 'get', path, url: `/api/v1/schemas/${name}.json` });
    }
    expect((await call({ method: 'get', path, url: '/api/v1/schemas/constructor' })).status).toBe(404);
  });

  it('is as described for words sealed on arrival, and for coming back to them', async () => {
    const statement = {
      whatHappened: 'Words',
      outcomeSought: 'More',
      who: 'A',
      when: 'B',
      where: 'C',
      identity: 'Ana',
    };
    const body = { facets: FACETS, destination: 'msd', delivery: 'direct', statement, notify: 'ana@home.test' };
    expect(wrongRequest(LODGE, body)).toBeNull();
    const headers = { 'idempotency-key': newKey() };
    const lodged = await call({ method: 'post', path: LODGE, body, headers });
    expect(lodged.status).toBe(201);
    expect(
      (await call({ method: 'post', path: LODGE, body: { ...body, delivery: 'triage_desk' }, headers })).status,
    ).toBe(409);
    expect((await call({ method: 'post', path: LODGE, body, headers: {} })).status).toBe(422);

    const { receipt, proof } = lodged.body as { receipt: string; proof: { commitment: string } };
    const proofs = { method: 'post', path: '/api/v1/proofs' } as const;
    expect((await call({ ...proofs, body: { commitment: proof.commitment } })).body).toMatchObject({ day: null });
    expect((await call({ ...proofs, body: { commitment: 'A'.repeat(43) } })).status).toBe(404);
    expect((await call({ ...proofs, body: { commitment: 'A' } })).status).toBe(422);
    const sessions = '/api/v1/mailbox/sessions';
    expect(wrongRequest(sessions, { receipt })).toBeNull();
    const begun = await call({ method: 'post', path: sessions, body: { receipt } });
    const { session } = begun.body as { session: string };
    const authorization = { authorization: `Bearer ${session}` };
    const message = { id: randomUUID(), text: 'One thing more' };
    expect(wrongRequest('/api/v1/mailbox/messages', message)).toBeNull();
    const added = await call({
      method: 'post',
      path: '/api/v1/mailbox/messages',
      body: message,
      headers: authorization,
    });
    expect(added.status).toBe(201);
    expect((await call({ method: 'get', path: '/api/v1/mailbox', headers: authorization })).status).toBe(200);
    expect((await call({ method: 'delete', path: '/api/v1/mailbox/notify', headers: authorization })).status).toBe(204);
    expect((await call({ method: 'delete', path: sessions, headers: authorization })).status).toBe(204);
    expect((await call({ method: 'get', path: '/api/v1/mailbox', headers: authorization })).status).toBe(401);
    expect((await call({ method: 'post', path: sessions, body: { mailboxId: newKey() } })).status).toBe(404);
    expect((await call({ method: 'post', path: sessions, body: {} })).status).toBe(422);
  });

  it('is as described for what a person answers about their case being handed on', async () => {
    const body = { facets: FACETS, destination: 'msd', delivery: 'direct', statement: { whatHappened: 'Words' } };
    const headers = { 'idempotency-key': newKey() };
    const { receipt } = (await call({ method: 'post', path: LODGE, body, headers })).body as { receipt: string };
    const begun = await call({ method: 'post', path: '/api/v1/mailbox/sessions', body: { receipt } });
    const authorization = { authorization: `Bearer ${(begun.body as { session: string }).session}` };
    const at = `/api/v1/mailbox/referrals/${randomUUID()}`;
    const path = '/api/v1/mailbox/referrals/{id}';
    const { signing, agreement } = await makeMailbox(receipt);
    const consent = await signConsent({
      caseId: randomUUID(),
      referral: randomUUID(),
      agency: 'hdc',
      readers: [signing.kid, agreement.kid],
      share: ['case', 'identity'],
      signer: (await makeMailbox(receipt)).keys.signing,
    });
    const schema = `${app.publicOrigin}/api/v1/schemas/consent.json`;
    expect(wrongPart(schema, consent, 1)).toBeNull();
    expect(wrongPart(`${schema}#/$defs/header`, consent, 0)).toBeNull();
    for (const given of [{ consent }, { share: ['case'] }, { share: ['case', 'identity'] }]) {
      expect(wrongRequest(`${path}/consent`, given)).toBeNull();
      const agreed = { method: 'post', path: `${path}/consent`, url: `${at}/consent`, body: given } as const;
      expect((await call({ ...agreed, headers: authorization })).status).toBe(404);
      expect((await call(agreed)).status).toBe(401);
    }
    for (const given of [{}, { share: ['identity'] }, { share: ['identity', 'case'] }, { consent: 'x' }, { more: 1 }]) {
      expect({ given, wrong: wrongRequest(`${path}/consent`, given) }).not.toMatchObject({ wrong: null });
      const refused = { method: 'post', path: `${path}/consent`, url: `${at}/consent`, body: given } as const;
      expect((await call({ ...refused, headers: authorization })).status).toBe(422);
    }
    for (const name of ['refusal', 'retold']) {
      const answer = { method: 'post', path: `${path}/${name}`, url: `${at}/${name}`, headers: authorization } as const;
      expect((await call({ ...answer, body: {} })).status).toBe(404);
      expect((await call({ ...answer, body: { more: 1 } })).status).toBe(422);
    }
    const back = { method: 'delete', path: `${path}/consent`, url: `${at}/consent`, headers: authorization } as const;
    expect((await call(back)).status).toBe(404);
  });

  it('is as described for what a client sealed, inside too', async () => {
    const readers = await readersOf(app, 'msd');
    const { submission } = await seal({ readers, receiver: 'msd', identity: { identity: 'Ana' } });
    const body = { facets: FACETS, ...submission };
    expect(wrongRequest(LODGE, body)).toBeNull();
    const schemas = `${app.publicOrigin}/api/v1/schemas`;
    for (const { jwe } of submission.sealed.items)
      expect(wrongPart(`${schemas}/items.json#/$defs/header`, jwe, 0)).toBeNull();
    for (const { jwe } of submission.grants)
      expect(wrongPart(`${schemas}/grants.json#/$defs/header`, jwe, 0)).toBeNull();
    for (const { record } of submission.sealed.epochs) {
      expect(wrongPart(`${schemas}/epoch.json#/$defs/record`, record, 1)).toBeNull();
    }
    const headers = { 'idempotency-key': newKey() };
    expect((await call({ method: 'post', path: LODGE, body, headers })).status).toBe(201);
  });

  it('is refused by the description where the server refuses it', async () => {
    const readers = await readersOf(app, 'msd');
    const { submission } = await seal({ readers, receiver: 'msd' });
    const { sealed, grants, mailbox } = submission;
    const statement = { whatHappened: 'Words' };
    const bodies: object[] = [
      {},
      { facets: FACETS },
      { statement },
      { facets: FACETS, statement: null },
      { facets: FACETS, statement: [statement] },
      { facets: FACETS, statement: { whatHappened: ' ' } },
      { facets: FACETS, statement: { ...statement, nonce: 'x' } },
      { facets: { ...FACETS, mood: 'sad' }, statement },
      { facets: FACETS, statement, notify: 'me' },
      { facets: FACETS, statement, ...submission },
      { facets: FACETS, sealed, grants },
      { facets: FACETS, sealed, mailbox },
      { facets: FACETS, sealed, mailbox, grants: [] },
      { facets: FACETS, sealed, mailbox, grants: grants.map((grant) => ({ ...grant, jwe: 'x' })) },
      { facets: FACETS, sealed: { ...sealed, items: [] }, mailbox, grants },
      { facets: FACETS, sealed: { ...sealed, case: 'one' }, mailbox, grants },
      {
        facets: FACETS,
        sealed: { ...sealed, items: sealed.items.map((item) => ({ ...item, key: 'desk' })) },
        mailbox,
        grants,
      },
      { facets: FACETS, sealed: { ...sealed, epochs: [{ ...at(sealed.epochs, 0), epoch: 2 }] }, mailbox, grants },
      { facets: FACETS, sealed, grants, mailbox: { ...mailbox, idHash: 'x' } },
      { facets: FACETS, sealed, grants, mailbox: { ...mailbox, words: 'x' } },
      { facets: FACETS, sealed, grants, mailbox: { ...mailbox, agreement: { ...mailbox.agreement, jwk: {} } } },
    ];
    for (const body of bodies) {
      const { status } = await call({ method: 'post', path: LODGE, body, headers: { 'idempotency-key': newKey() } });
      expect({ body, status, refused: wrongRequest(LODGE, body) !== null }).toEqual({
        body,
        status: 422,
        refused: true,
      });
    }
  });
});

/** What is wrong with one part of a compact form by a published schema. */
function wrongPart(schema: string, compact: string, part: number): string | null {
  const value: unknown = JSON.parse(Buffer.from(compact.split('.')[part] ?? '', 'base64url').toString());
  return ajv.validate({ $ref: schema }, value) ? null : ajv.errorsText();
}

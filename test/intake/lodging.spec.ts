import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type TestApp, openTestAgency, startApp } from '../support/app.js';

const FACETS = {
  danger: 'none',
  classified: 'no',
  relationship: 'service_user',
  about: 'msd',
  topic: 'benefit',
  stage: 'not_raised',
  when: 'under_3_months',
  head_implicated: 'no',
  child: 'no',
};

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  await openTestAgency(app, 'msd');
  await openTestAgency(app, 'triage');
}, 60_000);

afterAll(() => app.close());

function submit(body: unknown, key = randomBytes(24).toString('base64url')): Promise<Response> {
  return fetch(`${app.publicOrigin}/api/v1/submissions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
}

describe('a submission through the API', () => {
  it('is sealed on arrival, answered with a receipt, and stored for the agency that was decided', async () => {
    const response = await submit({ facets: FACETS, statement: { whatHappened: 'They cut my benefit.' } });
    expect({ status: response.status, body: await response.clone().json() }).toMatchObject({ status: 201 });
    const answer = (await response.json()) as Record<string, unknown>;
    expect(answer).toMatchObject({
      reference: expect.stringMatching(/^[1-9A-Z]{4}-[1-9A-Z]{4}-[1-9A-Z]{3}$/),
      destination: { id: 'msd' },
      delivery: 'direct',
      dueOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect(String(answer['receipt']).split(' ')).toHaveLength(8);
  });
});

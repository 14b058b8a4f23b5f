import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Writable } from 'node:stream';
import { loadSettings } from '../../config/settings.js';
import { createWebApp, listen } from '../web/web-app.js';
import { RoutingModule } from './routing.module.js';

const GRIEVANCE = {
  danger: 'none',
  classified: 'no',
  relationship: 'service_user',
  about: 'msd',
  topic: 'benefit',
  stage: 'not_raised',
};

describe('POST /api/v1/routing/decisions', () => {
  let app: NestFastifyApplication;
  let publicOrigin: string;
  const logged: string[] = [];

  beforeAll(async () => {
    const log = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged.push(chunk.toString());
        done();
      },
    });
    const settings = loadSettings({ PORT: '0', LOG_LEVEL: 'info' });
    app = await createWebApp(RoutingModule, settings, { log });
    ({ publicOrigin } = await listen(app, settings));
  });
  afterAll(() => app.close());

  const send = async (payload: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${publicOrigin}/api/v1/routing/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(payload),
    });
    const body = await response.text();
    return { statusCode: response.status, body, json: (): unknown => JSON.parse(body) };
  };

  it('answers with the decision and nothing else', async () => {
    const answer = await send(GRIEVANCE);
    expect(answer.statusCode).toBe(200);
    const decision = answer.json() as Record<string, unknown>;
    expect(Object.keys(decision).sort()).toEqual(
      ['alternatives', 'destination', 'outcome', 'path', 'reasons', 'rules', 'ruleset', 'warnings'].sort(),
    );
    expect(decision).toMatchObject({
      outcome: 'route',
      path: 'complaint',
      destination: { id: 'msd', name: 'Ministry of Social Development (Work and Income)' },
      ruleset: '2026-11-22-2',
    });
    expect(decision.warnings).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'review_right_first' })]),
    );
  });

  it('speaks te reo Māori where it has the words', async () => {
    const answer = await send({ ...GRIEVANCE, danger: 'immediate' }, { 'accept-language': 'mi' });
    expect(answer.json()).toMatchObject({
      outcome: 'stop',
      path: null,
      destination: { id: 'police', name: 'Ngā Pirihimana o Aotearoa' },
      warnings: [{ code: 'danger_stop', text: expect.stringContaining('Waea atu ki te 111') }],
    });
  });

  it.each([
    ['nothing', {}, ['danger', 'classified']],
    ['an unknown facet', { ...GRIEVANCE, mood: 'low' }, ['mood']],
    ['an unknown code', { ...GRIEVANCE, topic: 'parking' }, ['topic']],
    ['a repeated facet', { ...GRIEVANCE, topic: ['tax', 'benefit'] }, ['topic']],
    ['an organisation that is not in the directory', { ...GRIEVANCE, about: 'acme' }, ['about']],
    ['the triage desk as the organisation concerned', { ...GRIEVANCE, about: 'triage' }, ['about']],
    ['a list', [GRIEVANCE], ['facets']],
  ])('refuses %s and names the field', async (_, body, fields) => {
    const answer = await send(body);
    expect(answer.statusCode).toBe(422);
    const { errors } = answer.json() as { errors: { field: string; code: string; message: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(fields);
    expect(errors.every(({ code, message }) => code !== '' && message !== '')).toBe(true);
  });

  it('repeats nobody’s words, neither in the answer nor in the log', async () => {
    const answer = await send({ ...GRIEVANCE, 'my boss hits me': 'yes', topic: 'he hits everyone' });
    expect(answer.statusCode).toBe(422);
    expect(answer.body + logged.join('')).not.toMatch(/hits/);
  });
});

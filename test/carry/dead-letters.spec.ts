import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, type Ended } from '../support/command.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { lodge, Watcher } from './worker.js';

let database: TestDatabase;
let watcher: Watcher;

beforeAll(async () => {
  database = await freshDatabase();
  watcher = new Watcher(database.ownerUrl);
  await watcher.agency('ombudsman', 'inbox@ombudsman.test');
});
afterAll(async () => {
  await watcher.close();
  await database.drop();
});

const run = (
  words: readonly string[] = [],
  environment: Readonly<Record<string, string>> = { DATABASE_URL: database.applicationUrl },
): Promise<Ended> => runCommand('src/queue/dead-letters-command.ts', words, environment);

/** Gives up work about a case of its own, on a day. */
async function giveUp(day: string): Promise<{ id: string; caseId: string }> {
  const caseId = await lodge(watcher, 'ombudsman', 'disclosure');
  const id = randomUUID();
  await watcher.rows(
    `INSERT INTO outbox (id, queue, name, case_id, dead_at, error_code, attempts)
     VALUES ($1, 'delivery', 'tell_person', $2, $3, 'smtp_refused', 1)`,
    [id, caseId, day],
  );
  return { id, caseId };
}

describe('npm run dead-letters', () => {
  it('lists all that was given up without saying of which case, and replays one', async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: 'Nothing was given up.\n', stderr: '' });
    const first = await giveUp('2026-01-02');
    for (let n = 0; n < 100; n++) await giveUp('2026-01-03');
    const listed = await run();
    const lines = listed.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(101);
    expect(new Set(lines).size).toBe(101);
    expect(lines[0]).toBe(`${first.id} delivery tell_person smtp_refused 2026-01-02`);
    expect(listed.stdout).not.toContain(first.caseId);

    expect(await run(['replay', first.id])).toMatchObject({ code: 0, stdout: 'It will be done again.\n' });
    expect(await watcher.rows('SELECT dead_at, attempts, error_code FROM outbox WHERE id = $1', [first.id])).toEqual([
      { dead_at: null, attempts: 0, error_code: null },
    ]);
    expect(
      await watcher.rows(`SELECT action, actor_id, happened_at FROM audit_entries WHERE subject = $1`, [first.id]),
    ).toEqual([{ action: 'queue.replayed', actor_id: 'dead_letters', happened_at: null }]);
    expect(await run(['replay', first.id])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'Nothing of this id was given up.\n',
    });
  });

  it('refuses what it does not know, and says in one sentence that nothing can be read', async () => {
    for (const words of [['replay'], ['replay', 'sentinel'], ['sentinel']]) {
      const { code, stderr } = await run(words);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^Say nothing, [^\n]+\n$/);
      expect(stderr).not.toContain('sentinel');
    }
    const away = await run([], { DATABASE_URL: 'postgres://sentinel@127.0.0.1:1/none' });
    expect(away).toMatchObject({ code: 2, stderr: 'The work could not be read: see that the database runs.\n' });
    const folder = await mkdtemp(join(tmpdir(), 'onedoor-dead-'));
    const home = join(folder, 'home');
    expect(await run([], { ONEDOOR_HOME: home })).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(home)).toBe(false);
    await rm(folder, { recursive: true });
  });
});

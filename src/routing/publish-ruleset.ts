import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { mayLeadTheSystem } from '../staff/staff.policy.js';
import { dayInAuckland, isDay } from '../web/day.js';
import { Conflict, Forbidden, Invalid, NotFound } from '../web/errors.js';
import type { Scenario } from './compare.js';
import { reportOn } from './scenario-report.js';
import type { Routing } from './routing.service.js';
import { sha256Of, type RulesetFile } from './ruleset-files.js';

/** Days ahead that a ruleset may be published for. */
const MOST_AHEAD = 366;
const DAY = 86_400_000;

/** What publishing looks at beside the register. */
export interface Rules {
  readonly routing: Routing;
  readonly scenarios: readonly Scenario[];
  /** Whose system leads look after the rules. */
  readonly operatorAgency: string;
}

/** What the approver saw: nothing else is approved. */
export interface Seen {
  readonly sha256: string;
  /** First day in force, YYYY-MM-DD. */
  readonly from: string;
}

/**
 * Proposes to publish a ruleset from a day on. Until somebody else approves it, a later proposal takes its place.
 *
 * @param from first day in force, YYYY-MM-DD, today or later
 * @throws {Forbidden} when the actor may not; {NotFound} when there is no such ruleset
 * @throws {Invalid} for a day that is none, is past or is more than a year off
 * @throws {Conflict} `published`; `file_changed` where the file is no longer the one this server read; `scenarios_differ`
 */
export async function proposeRuleset(
  manager: EntityManager,
  actor: StaffActor,
  rules: Rules,
  version: string,
  from: string,
): Promise<void> {
  const { sha256 } = publishable(actor, rules, version);
  refuseDay(from);
  const rows = await manager.query<unknown[]>(
    `INSERT INTO ruleset_publications AS p (version, sha256, from_on, proposed_by, proposed_on)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (version) DO UPDATE
       SET sha256 = excluded.sha256, from_on = excluded.from_on, proposed_by = excluded.proposed_by,
           proposed_on = excluded.proposed_on
     WHERE p.approved_by IS NULL
     RETURNING version`,
    [version, sha256, from, actor.staffId, dayInAuckland()],
  );
  if (rows.length === 0) throw published();
  await append(manager, { action: 'rules.proposed', actor, subject: version });
}

/**
 * Approves what another system lead proposed: from its day on the ruleset is in force, and never changes again.
 *
 * @throws {Forbidden} when the actor may not; {NotFound} when there is no such ruleset, or nobody proposed it
 * @throws {Conflict} `published`; `own_proposal`; `proposal_changed` where it is no longer what the actor saw;
 *   `day_passed`; `file_changed`; `scenarios_differ`
 */
export async function approveRuleset(
  manager: EntityManager,
  actor: StaffActor,
  rules: Rules,
  version: string,
  seen: Seen,
): Promise<void> {
  const file = publishable(actor, rules, version);
  const [proposal] = await manager.query<
    { sha256: string; from: string; proposedBy: string; approvedBy: string | null }[]
  >(
    `SELECT sha256, to_char(from_on, 'YYYY-MM-DD') AS "from", proposed_by AS "proposedBy", approved_by AS "approvedBy"
       FROM ruleset_publications WHERE version = $1 FOR UPDATE`,
    [version],
  );
  if (!proposal) throw new NotFound();
  if (proposal.approvedBy !== null) throw published();
  if (proposal.proposedBy === actor.staffId) {
    throw new Conflict('own_proposal', 'You proposed this yourself. Another system lead has to approve it.');
  }
  if (proposal.sha256 !== seen.sha256 || proposal.from !== seen.from) {
    throw new Conflict('proposal_changed', 'This was proposed again meanwhile. Look at it again first.');
  }
  if (proposal.sha256 !== file.sha256) throw fileChanged();
  if (proposal.from < dayInAuckland()) {
    throw new Conflict('day_passed', 'The day it was to begin on has passed. Propose it again for another day.');
  }
  await manager.query(
    `UPDATE ruleset_publications SET approved_by = $2, approved_at = clock_timestamp() WHERE version = $1`,
    [version, actor.staffId],
  );
  await append(manager, { action: 'rules.approved', actor, subject: version });
}

/** The file of a ruleset that this actor may publish, and that meets every scenario. */
function publishable(actor: StaffActor, { routing, scenarios, operatorAgency }: Rules, version: string): RulesetFile {
  if (!mayLeadTheSystem(actor, operatorAgency)) throw new Forbidden();
  const file = routing.files.get(version);
  if (!file) throw new NotFound();
  if (routing.published().some((each) => each.version === version)) throw published();
  // Other servers, and this one after its next start, read what lies there now.
  if (hashNow(file.path) !== file.sha256) throw fileChanged();
  const { wrong } = reportOn(scenarios, file.ruleset, routing.directory, routing.catalogue);
  if (wrong.length > 0) {
    throw new Conflict('scenarios_differ', 'Not every scenario comes out as expected under this ruleset.');
  }
  return file;
}

function hashNow(path: string): string | null {
  try {
    return sha256Of(path);
  } catch {
    return null;
  }
}

function refuseDay(from: string): void {
  const refused = (code: string, message: string): Invalid => new Invalid([{ field: 'from', code, message }]);
  if (!isDay(from)) throw refused('no_day', 'Give a day that there is.');
  const today = dayInAuckland();
  if (from < today) throw refused('past', 'This day has passed. What was decided on it stays as it was.');
  if (Date.parse(from) - Date.parse(today) > MOST_AHEAD * DAY) {
    throw refused('too_far', 'Give a day within a year from now.');
  }
}

function published(): Conflict {
  return new Conflict('published', 'This ruleset has been published. It never changes.');
}

function fileChanged(): Conflict {
  return new Conflict(
    'file_changed',
    'The file of this ruleset is not the one that was proposed. Start the server with the right one, and propose it again.',
  );
}

import type { EntityManager } from 'typeorm';
import { append } from '../audit/audit.js';
import { todayInAuckland } from '../clocks/calendar.js';
import { settlingRule } from '../routing/corrections.js';
import { RoutingCorrection, type CorrectionReason } from '../routing/routing-correction.entity.js';
import type { Routing } from '../routing/routing.service.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { Invalid, NotFound } from '../web/errors.js';
import type { Case } from './case.entity.js';
import { mayRead, type CaseReader, type CaseStanding } from './case.policy.js';

/** Where a complaint should have gone. */
export interface Correction {
  /** Id of the agency. */
  readonly shouldBe: string;
  readonly why: CorrectionReason;
}

/**
 * Whoever reads a complaint may say where it should have gone. Of a disclosure nobody does: the rules that sent it are
 * known to its readers alone.
 */
export function mayCorrect(reader: CaseReader, standing: CaseStanding): boolean {
  return standing.path === 'complaint' && mayRead(reader, standing);
}

/**
 * Records for the rules' owners where a complaint should have gone, against the rule that settled where it went. It moves
 * nothing. Said again by the same person it takes the place of what they said before.
 *
 * @param found a case that the actor may correct
 * @throws {NotFound} for a disclosure
 * @throws {Invalid} naming `agency`, for one that cannot receive, or to which the rules did send it
 */
export async function correctRouting(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
  { shouldBe, why }: Correction,
  routing: Routing,
): Promise<void> {
  if (found.path !== 'complaint') throw new NotFound();
  if (!routing.directory.listed('en').some(({ id }) => id === shouldBe)) {
    throw refused('not_one_of', 'Choose an agency of the directory.');
  }
  if (shouldBe === found.decidedFor) throw refused('same', 'That is where the rules did send it.');
  await manager.query(
    `INSERT INTO routing_corrections (case_id, made_by, ruleset, rule, decided_for, should_be, why, made_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (case_id, made_by) DO UPDATE
       SET should_be = excluded.should_be, why = excluded.why, made_on = excluded.made_on`,
    [
      found.id,
      actor.staffId,
      found.ruleset,
      settlingRule(routing.byVersion(found.ruleset), found.rules),
      found.decidedFor,
      shouldBe,
      why,
      todayInAuckland(),
    ],
  );
  await append(manager, { action: 'case.routing_corrected', actor, caseId: found.id, subject: shouldBe });
}

/** What the actor said of this case before. */
export async function earlierCorrection(
  manager: EntityManager,
  actor: StaffActor,
  found: Case,
): Promise<Correction | null> {
  return manager.findOneBy(RoutingCorrection, { caseId: found.id, madeBy: actor.staffId });
}

function refused(code: string, message: string): Invalid {
  return new Invalid([{ field: 'agency', code, message }]);
}

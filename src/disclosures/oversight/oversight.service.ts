import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { append } from '../../audit/audit.js';
import { OverseeingAgencies } from '../../staff/overseeing-agencies.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { mayOversee } from '../../staff/staff.policy.js';
import { NotFound } from '../../web/errors.js';
import type { OversightBasis } from './count-steps.js';
import { QUARTER } from './oversight.dto.js';

/** Lines of one page. */
const PAGE = 25;

/** How an agency kept to the steps in a quarter. Days are YYYY-MM-DD. */
export interface Figures {
  /** Its first day. */
  readonly quarter: string;
  readonly agencyId: string;
  readonly basis: OversightBasis;
  readonly received: number;
  /** Each with one figure for every duty, in their order. */
  readonly onTime: readonly number[];
  readonly late: readonly number[];
  readonly overdue: readonly number[];
  readonly longer: number;
  readonly noAction: number;
  readonly countedOn: string;
}

/** How many disclosures one agency handed on to another in a quarter. */
export interface HandedOn {
  readonly quarter: string;
  readonly fromAgency: string;
  readonly toAgency: string;
  readonly made: number;
}

/** A page of a list of figures. */
export interface FiguresPage<T> {
  readonly rows: readonly T[];
  /** Where the next page begins; null on the last. */
  readonly after: string | null;
}

const FIGURES = `to_char(quarter, 'YYYY-MM-DD') AS quarter, agency_id AS "agencyId", basis, received, on_time AS "onTime",
  late, overdue, longer, no_action AS "noAction", to_char(counted_on, 'YYYY-MM-DD') AS "countedOn"`;

/** What overseers look at: figures that were counted in the night, and never a case. Each look is audited. */
@Injectable()
export class OversightService {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly overseeing: OverseeingAgencies,
  ) {}

  /**
   * The agencies that received disclosures, by quarter, the newest first.
   *
   * @param basis those whose steps are the law's, or those whose are an aim of ours
   * @param after the last line already seen
   * @throws {NotFound} to everybody but overseers
   */
  counts(actor: StaffActor, basis: OversightBasis, after?: string): Promise<FiguresPage<Figures>> {
    const [quarter = null, agencyId = null] = after?.split('~') ?? [];
    return this.#look(actor, async (manager) => {
      const found = await manager.query<Figures[]>(
        `SELECT ${FIGURES} FROM oversight_counts o
          WHERE basis = $1
            AND ($2::date IS NULL OR o.quarter < $2 OR (o.quarter = $2 AND agency_id > $3))
          ORDER BY o.quarter DESC, agency_id LIMIT $4`,
        [basis, quarter, agencyId, PAGE + 1],
      );
      return pageOf(found, (last) => `${last.quarter}~${last.agencyId}`);
    });
  }

  /**
   * From which agency to which disclosures were handed on, by quarter, the newest first.
   *
   * @param after the last line already seen
   * @throws {NotFound} to everybody but overseers
   */
  referrals(actor: StaffActor, after?: string): Promise<FiguresPage<HandedOn>> {
    const [quarter = null, from = null, to = ''] = after?.split('~') ?? [];
    return this.#look(actor, async (manager) => {
      const found = await manager.query<HandedOn[]>(
        `SELECT to_char(quarter, 'YYYY-MM-DD') AS quarter, from_agency AS "fromAgency", to_agency AS "toAgency", made
           FROM oversight_referrals o
          WHERE $1::date IS NULL OR o.quarter < $1 OR (o.quarter = $1 AND (from_agency, to_agency) > ($2, $3))
          ORDER BY o.quarter DESC, from_agency, to_agency LIMIT $4`,
        [quarter, from, to, PAGE + 1],
      );
      return pageOf(found, (last) => `${last.quarter}~${last.fromAgency}~${last.toAgency}`);
    });
  }

  /**
   * The steps of one agency in one quarter, those of the law first.
   *
   * @throws {NotFound} where nothing is counted, and to everybody but overseers
   */
  steps(actor: StaffActor, quarter: string, agencyId: string): Promise<readonly Figures[]> {
    return this.#look(actor, async (manager) => {
      if (!QUARTER.test(quarter)) throw new NotFound();
      const found = await manager.query<Figures[]>(
        `SELECT ${FIGURES} FROM oversight_counts o WHERE o.quarter = $1 AND agency_id = $2 ORDER BY basis DESC`,
        [quarter, agencyId],
      );
      if (found.length === 0) throw new NotFound();
      return found;
    });
  }

  #look<T>(actor: StaffActor, read: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { agencyId } = actor;
    const place = { isOperator: agencyId === this.settings.TRIAGE_AGENCY, oversees: this.overseeing.has(agencyId) };
    if (!mayOversee(actor, place)) throw new NotFound();
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'oversight.read', actor });
      return read(manager);
    });
  }
}

function pageOf<T>(found: readonly T[], placeOf: (last: T) => string): FiguresPage<T> {
  const rows = found.slice(0, PAGE);
  const last = rows.at(-1);
  return { rows, after: found.length > PAGE && last ? placeOf(last) : null };
}

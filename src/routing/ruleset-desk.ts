import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import type { StaffActor } from '../staff/staff-actor.js';
import { mayLeadTheSystem } from '../staff/staff.policy.js';
import { dayInAuckland } from '../web/day.js';
import { Forbidden, NotFound } from '../web/errors.js';
import type { Scenario } from './compare.js';
import { countCorrections, type CorrectionCount } from './corrections.js';
import { reportOn, loadScenarios, type ScenarioReport } from './scenario-report.js';
import { approveRuleset, proposeRuleset, type Rules, type Seen } from './publish-ruleset.js';
import { inForceOn, type Published } from './in-force.js';
import { replay, type ReplayReport } from './replay.js';
import { Routing } from './routing.service.js';
import { RulesetRegister } from './ruleset-register.js';
import { storedDecisions } from './stored-decisions.js';

/** Decisions that the page of a ruleset looks back over. */
const LOOKED_BACK = 5_000;

/** What looks over the cases of all agencies sees none of them whole. */
const PUBLISHER = { role: 'onedoor_publisher' } as const;

/** A ruleset on this server's register. */
interface Registered {
  readonly version: string;
  readonly sha256: string;
  readonly from: string;
  readonly proposedBy: string;
  readonly proposer: string | null;
  readonly approver: string | null;
  readonly approved: boolean;
}

/** All that the rules' owners look after. */
export interface RulesOverview {
  readonly inForce: Published;
  readonly coming: readonly Published[];
  readonly past: readonly Published[];
  readonly register: ReadonlyMap<string, Registered>;
  /** Versions there is a file of, and that are not published. */
  readonly unpublished: readonly string[];
  readonly corrections: readonly CorrectionCount[];
}

/** One ruleset before it is published: what it would do. */
export interface RulesetView {
  readonly version: string;
  readonly sha256: string;
  readonly published: boolean;
  readonly proposal: Registered | undefined;
  readonly scenarios: ScenarioReport;
  readonly replayed: ReplayReport;
}

/** The system lead's verbs on the rules; each is one transaction, and each look is audited in it. */
@Injectable()
export class RulesetDesk implements Rules {
  #scenarios: readonly Scenario[] | undefined;

  constructor(
    private readonly database: Database,
    readonly routing: Routing,
    private readonly register: RulesetRegister,
    private readonly settings: Settings,
  ) {}

  get operatorAgency(): string {
    return this.settings.TRIAGE_AGENCY;
  }

  /** Read when somebody looks at the rules, and not at every start: there are hundreds. */
  get scenarios(): readonly Scenario[] {
    return (this.#scenarios ??= loadScenarios(this.routing.folder));
  }

  /** @throws {Forbidden} when the actor may not */
  async overview(actor: StaffActor): Promise<RulesOverview> {
    if (!mayLeadTheSystem(actor, this.operatorAgency)) throw new Forbidden();
    const published = this.routing.published();
    const inForce = inForceOn(published, dayInAuckland());
    const at = published.indexOf(inForce);
    const named = new Set(published.map(({ version }) => version));
    const corrections = await this.database.asActor(actor, countCorrections, PUBLISHER);
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'rules.viewed', actor });
      return {
        inForce,
        coming: published.slice(at + 1),
        past: published.slice(0, at).reverse(),
        register: await readRegister(manager),
        unpublished: [...this.routing.files.keys()].filter((version) => !named.has(version)).reverse(),
        corrections,
      };
    });
  }

  /** @throws {Forbidden} when the actor may not; {NotFound} when there is no such ruleset */
  async look(actor: StaffActor, version: string): Promise<RulesetView> {
    if (!mayLeadTheSystem(actor, this.operatorAgency)) throw new Forbidden();
    const { directory, catalogue, files } = this.routing;
    const file = files.get(version);
    if (!file) throw new NotFound();
    const replayed = await this.database.asActor(
      actor,
      (manager) => replay(storedDecisions(manager, LOOKED_BACK), file.ruleset, directory),
      PUBLISHER,
    );
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'rules.viewed', actor, subject: version });
      return {
        version,
        sha256: file.sha256,
        published: this.routing.published().some((each) => each.version === version),
        proposal: (await readRegister(manager, version)).get(version),
        scenarios: reportOn(this.scenarios, file.ruleset, directory, catalogue),
        replayed,
      };
    });
  }

  /** @see proposeRuleset */
  propose(actor: StaffActor, version: string, from: string): Promise<void> {
    return this.database.asActor(actor, (manager) => proposeRuleset(manager, actor, this, version, from));
  }

  /** In force here at once, elsewhere within seconds. @see approveRuleset */
  async approve(actor: StaffActor, version: string, seen: Seen): Promise<void> {
    await this.database.asActor(actor, (manager) => approveRuleset(manager, actor, this, version, seen));
    await this.register.refresh();
  }
}

async function readRegister(manager: EntityManager, version?: string): Promise<ReadonlyMap<string, Registered>> {
  const rows = await manager.query<Registered[]>(
    `SELECT p.version, p.sha256, to_char(p.from_on, 'YYYY-MM-DD') AS "from", p.proposed_by AS "proposedBy",
            proposer.display_name AS proposer, approver.display_name AS approver, p.approved_by IS NOT NULL AS approved
       FROM ruleset_publications p
       LEFT JOIN staff proposer ON proposer.id = p.proposed_by
       LEFT JOIN staff approver ON approver.id = p.approved_by
      WHERE $1::text IS NULL OR p.version = $1`,
    [version ?? null],
  );
  return new Map(rows.map((row) => [row.version, row]));
}

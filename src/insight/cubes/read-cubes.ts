import { monthsAfter } from '../../clocks/months.js';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../../config/database.js';
import { ServiceKeys } from '../../../config/service-keys.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import type { LearningKind } from '../learning/learning-action.entity.js';
import { Cube, type CubeNoise, type RawCell, type Together } from './cube.js';
import type { CubeName } from './cubes.js';
import { FigureKeys } from './figure-keys.js';
import { type Month } from './months.js';
import { pTable } from './p-table.js';

/** Whose cells, of which months. */
export interface CubeQuestion {
  readonly cube: CubeName;
  /** An id, or `*` for all together. */
  readonly agency: string;
  /** The last month. */
  readonly until: Month;
  /** How many months; `all` since the first there is. */
  readonly months: number | 'all';
  /** What is never asked apart: all codes of a month, or all months of a code. PostgreSQL adds them up then. */
  readonly together?: Together;
}

/** How far the figures are. */
export interface FigureStanding {
  /** While all is counted anew: per cent of it; null otherwise. */
  readonly rebuiltPercent: number | null;
  /** Whether the last nightly count came to something else. */
  readonly differ: boolean;
}

/** What an agency changed, about what, and since which month. */
export interface LearningRow {
  readonly id: string;
  readonly agency: string;
  readonly topic: string;
  readonly kind: LearningKind;
  readonly month: Month;
}

/** How often an answer to a question was given in a year. */
export interface RatingCount {
  readonly question: string;
  readonly answer: string;
  readonly n: number;
}

interface StoredCell {
  readonly agency: string;
  readonly month: Month;
  readonly code: string;
  readonly n: string;
  readonly keys: string;
}

/* What is together is under the last month, or under no code. */
const SHOWN = {
  nothing: `to_char(month, 'YYYY-MM-DD') AS month, code, n, keys`,
  codes: `to_char(month, 'YYYY-MM-DD') AS month, '' AS code, sum(n) AS n, sum(keys) AS keys`,
  months: `to_char($4::date, 'YYYY-MM-DD') AS month, code, sum(n) AS n, sum(keys) AS keys`,
} as const;
const GROUPED = { nothing: '', codes: 'GROUP BY figure_cells.month', months: 'GROUP BY code' } as const;

/** The one way to the cells of staff's cubes: as the role that reads cells and nothing else, and with their noise. */
@Injectable()
export class ReadCubes {
  private readonly noise: CubeNoise;

  /** @throws {InfeasibleNoise} at start, where the parameters of the noise cannot be had */
  constructor(
    private readonly database: Database,
    keys: ServiceKeys,
  ) {
    this.noise = { table: pTable(), cellKey: new FigureKeys(keys.serverSecret).cellKey };
  }

  /** Runs `work` with a reader, all of it as of one moment. Of what the actor may not see nothing is found. */
  reading<T>(actor: StaffActor, work: (reader: CubeReader) => Promise<T>): Promise<T> {
    return this.database.asActor(actor, (manager) => work(new CubeReader(manager, this.noise)), {
      oneMoment: true,
      role: 'onedoor_insight',
    });
  }
}

/** Reads cubes in an open transaction. */
export class CubeReader {
  constructor(
    private readonly manager: EntityManager,
    private readonly noise: CubeNoise,
  ) {}

  /** The cells of one agency, or of all together. */
  async cube({ cube, agency, until, months, together }: CubeQuestion): Promise<Cube> {
    const cells = await this.manager.query<StoredCell[]>(
      `SELECT ${SHOWN[together ?? 'nothing']} FROM figure_cells
        WHERE cube = $1 AND agency = $2 AND month BETWEEN $3 AND $4 AND n <> 0 ${GROUPED[together ?? 'nothing']}`,
      [cube, agency, months === 'all' ? '-infinity' : monthsAfter(until, 1 - months), until],
    );
    return new Cube(cells.map(asRaw), this.noise, together);
  }

  /** The cells of each agency, each on its own, all months of the question together under the last. */
  async ofEach({ cube, until, months }: Omit<CubeQuestion, 'agency' | 'together'>): Promise<ReadonlyMap<string, Cube>> {
    const cells = await this.manager.query<StoredCell[]>(
      `SELECT agency, $4::text AS month, code, sum(n) AS n, sum(keys) AS keys FROM figure_cells
        WHERE cube = $1 AND month BETWEEN $2 AND $3 AND agency <> '*' GROUP BY agency, code HAVING sum(n) <> 0`,
      [cube, months === 'all' ? '-infinity' : monthsAfter(until, 1 - months), until, until],
    );
    const byAgency = new Map<string, RawCell[]>();
    for (const cell of cells) {
      const own = byAgency.get(cell.agency);
      if (own) own.push(asRaw(cell));
      else byAgency.set(cell.agency, [asRaw(cell)]);
    }
    return new Map([...byAgency].map(([agency, own]) => [agency, new Cube(own, this.noise, 'months')]));
  }

  /** What an agency changed, or every agency that the actor may see, the newest first. */
  learning(agency: string, most: number): Promise<LearningRow[]> {
    return this.manager.query<LearningRow[]>(
      `SELECT id, agency_id AS agency, topic, kind, to_char(month, 'YYYY-MM-DD') AS month FROM learning_actions
        WHERE $1 = '*' OR agency_id = $1 ORDER BY learning_actions.month DESC, agency_id, topic, kind LIMIT $2`,
      [agency, most],
    );
  }

  /** What people answered in a year that is over; nothing where there are fewer than 100 answers, of which one person gives four at most. */
  ratings(year: number): Promise<RatingCount[]> {
    return this.manager.query<RatingCount[]>('SELECT question, answer, n FROM rating_counts($1)', [year]);
  }

  /** How far the figures are. */
  async standing(): Promise<FigureStanding> {
    const [state] = await this.manager.query<{ after: string | null; done: string; of: string; differences: number }[]>(
      `SELECT rebuilding_after AS after, coalesce(rebuilt, 0) AS done, greatest(rebuilding_of, rebuilt, 1) AS of, differences
         FROM figure_states`,
    );
    if (!state) return { rebuiltPercent: null, differ: false };
    const percent = Math.floor((100 * Number(state.done)) / Number(state.of));
    return { rebuiltPercent: state.after === null ? null : percent, differ: state.differences > 0 };
  }
}

function asRaw({ month, code, n, keys }: StoredCell): RawCell {
  return { month, code, n: BigInt(n), keys: BigInt(keys) };
}

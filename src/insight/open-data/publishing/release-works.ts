import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type Actor } from '../../../../config/database.js';
import { Directory } from '../../../agencies/directory.js';
import { JobFailure } from '../../../queue/job-failure.js';
import { dayInAuckland } from '../../../web/day.js';
import { Counter } from '../../counting/counter.js';
import { countComplaints } from '../drawing/count-complaints.js';
import { countDisclosures, forgetKinds } from '../drawing/count-disclosures.js';
import { drawRelease, wasDrawn } from '../drawing/draw-release.js';
import { requireCounted } from '../drawing/require-counted.js';
import type { TrueCounts } from '../drawing/true-counts.js';
import { parsePeriod, type Period } from '../periods.js';
import type { DatasetId } from '../table-spec.js';
import { Publication } from './publication.js';
import { publishRelease } from './publish-release.js';

/* Names of their own: who counts complaints sees no disclosure, and who publishes sees neither. */
const FIGURES: Actor = { kind: 'system', name: 'figures' };
const DISCLOSURE_FIGURES: Actor = { kind: 'system', name: 'disclosure_figures' };
const OPEN_DATA: Actor = { kind: 'system', name: 'open_data' };

/** Brings approved releases out: draws, then publishes, each in a transaction and with rights of its own. */
@Injectable()
export class ReleaseWorks {
  constructor(
    private readonly database: Database,
    private readonly directory: Directory,
    private readonly counter: Counter,
    private readonly publication: Publication,
  ) {}

  /**
   * Goes on with a release from wherever it is. Stopped anywhere and begun again it comes to the same, and nothing is drawn
   * twice.
   *
   * @param id of the release
   * @returns what was published, as `complaints.2026-Q3.r1`; null where there is nothing to be done
   * @throws {JobFailure} @see requireCounted, drawRelease, publishRelease
   */
  async bringOut(id: string, now = new Date()): Promise<string | null> {
    const found = await this.as(OPEN_DATA, (manager) => readApproved(manager, id));
    if (!found) return null;
    if (found.state === 'approved') await this.draw(id, found.dataset, parsePeriod(found.period), now);
    await this.as(OPEN_DATA, (manager) => publishRelease(manager, id, this.publication, dayInAuckland(now)));
    return `${found.dataset}.${found.period}.r${found.number.toString()}`;
  }

  private async draw(id: string, dataset: DatasetId, period: Period, now: Date): Promise<void> {
    const { complaints, disclosures } = this.publication.datasets;
    const today = dayInAuckland(now);
    if (dataset === 'disclosures') {
      await this.as(DISCLOSURE_FIGURES, async (manager) => {
        const count = (of: Period): Promise<TrueCounts> => countDisclosures(manager, disclosures, of, this.directory);
        await drawRelease(manager, id, disclosures, count, today);
        await forgetKinds(manager, period);
      });
      return;
    }
    if (!(await this.as(FIGURES, (manager) => wasDrawn(manager, dataset, period)))) {
      // The last chance to find a figure wrong. Where nothing can be said of the figures, they are not right either.
      await this.counter.runOnce(now);
      const different = await this.counter.recountFacts(period.firstDay, period.lastDay);
      if (different !== 0) throw new JobFailure('figures_not_counted');
    }
    await this.as(FIGURES, (manager) => {
      const count = async (of: Period): Promise<TrueCounts> => {
        await requireCounted(manager, of, this.counter.version);
        return countComplaints(manager, complaints, of, this.directory);
      };
      return drawRelease(manager, id, complaints, count, today);
    });
  }

  private as<T>(actor: Actor, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.asActor(actor, work);
  }
}

interface Approved {
  readonly dataset: DatasetId;
  readonly period: string;
  readonly number: number;
  readonly state: 'approved' | 'drawn' | 'published';
}

async function readApproved(manager: EntityManager, id: string): Promise<Approved | undefined> {
  const [found] = await manager.query<Approved[]>(
    `SELECT dataset, period, number, state FROM open_data_releases
      WHERE id = $1 AND state IN ('approved', 'drawn', 'published')`,
    [id],
  );
  return found;
}

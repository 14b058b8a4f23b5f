import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isUuid } from '../../vault/form.js';
import { NotFound } from '../../web/errors.js';
import { ReportReaders } from './report-readers.js';

/** Says to whoever reported that it was received. */
@Injectable()
export class ReceiveReport {
  constructor(
    private readonly database: Database,
    private readonly readers: ReportReaders,
  ) {}

  /** Records the day, once: said again it stays the first. @throws {NotFound} to everybody but the readers of reports */
  receive(actor: StaffActor, id: string): Promise<void> {
    this.readers.require(actor);
    return this.database.asActor(actor, async (manager) => {
      if (!isUuid(id)) throw new NotFound();
      const here = [id, actor.agencyId];
      const [changed] = await manager.query<[unknown[], number]>(
        `UPDATE misconduct_reports SET received_on = $3, received_by = $4
          WHERE id = $1 AND to_agency = $2 AND received_on IS NULL RETURNING id`,
        [...here, todayInAuckland(), actor.staffId],
      );
      if (changed.length > 0) {
        await append(manager, { action: 'report.received', actor, subject: id, dayOnly: true });
        return;
      }
      const found = 'SELECT id FROM misconduct_reports WHERE id = $1 AND to_agency = $2';
      if ((await manager.query<unknown[]>(found, here)).length === 0) throw new NotFound();
    });
  }
}

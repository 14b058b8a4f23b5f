import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { KeyLog } from '../../agencies/key-log/key-log.js';
import { append } from '../../audit/audit.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { isUuid } from '../../vault/form.js';
import type { AddedProof } from '../../vault/key-people.js';
import type { PublicKey } from '../../vault/keys.js';
import type { CompactJwe } from '../../vault/suite.js';
import { NotFound } from '../../web/errors.js';
import { ReportReaders } from './report-readers.js';
import { readRows, REPORT_ROW, type ReportRow, type ReportRows } from './stored-report.js';

/** A report with all that a browser needs to open it, and to see who signed it. */
export interface SealedReport extends ReportRow {
  readonly jwe: CompactJwe;
  /** The signing keys of who made it, by what the server says. */
  readonly signers: readonly PublicKey[];
  /** What shows that these are in the log of keys for somebody. */
  readonly proof: AddedProof | null;
}

/** Reports of serious misconduct, for those who take them. Each look is audited. */
@Injectable()
export class ReadReports {
  constructor(
    private readonly database: Database,
    private readonly readers: ReportReaders,
    private readonly keyLog: KeyLog,
  ) {}

  /**
   * The reports that came, the newest first.
   *
   * @param after what the page before said of where it ends
   * @throws {NotFound} to everybody but their readers
   */
  list(actor: StaffActor, after?: string): Promise<ReportRows> {
    this.readers.require(actor);
    return this.database.asActor(actor, async (manager) => {
      await append(manager, { action: 'report.read', actor, dayOnly: true });
      return readRows(manager, { toAgency: actor.agencyId }, after);
    });
  }

  /** One of them, sealed. @throws {NotFound} where there is none, and to everybody but their readers */
  read(actor: StaffActor, id: string): Promise<SealedReport> {
    this.readers.require(actor);
    return this.database.asActor(actor, async (manager) => {
      if (!isUuid(id)) throw new NotFound();
      const [found] = await manager.query<(ReportRow & { jwe: CompactJwe; madeBy: string })[]>(
        `SELECT ${REPORT_ROW}, jwe, made_by AS "madeBy" FROM misconduct_reports WHERE id = $1 AND to_agency = $2`,
        [id, actor.agencyId],
      );
      if (!found) throw new NotFound();
      await append(manager, { action: 'report.read', actor, subject: id, dayOnly: true });
      const { madeBy, ...report } = found;
      const signers = await manager.query<PublicKey[]>(
        `SELECT kid, jwk FROM staff_keys WHERE staff_id = $1 AND purpose = 'signing' ORDER BY kid`,
        [madeBy],
      );
      const proof = await this.keyLog.addedProof(
        manager,
        signers.map(({ kid }) => kid),
      );
      return { ...report, signers, proof };
    });
  }
}

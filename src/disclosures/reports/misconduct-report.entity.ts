import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agency } from '../../agencies/agency.entity.js';
import type { CompactJwe } from '../../vault/suite.js';

/** A report of serious misconduct, sealed to the body that takes them. It is joined to no case. */
@Entity('misconduct_reports')
@Check('ck_misconduct_reports_jwe', 'octet_length(jwe) <= 180000')
@Check('ck_misconduct_reports_received', '(received_on IS NULL) = (received_by IS NULL)')
@Index('ix_misconduct_reports_to', ['toAgency', 'madeOn', 'id'])
@Index('ix_misconduct_reports_made_by', ['madeBy', 'madeOn', 'id'])
export class MisconductReport {
  /** UUIDv4 chosen by the browser, so that what is sent twice is kept once. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_misconduct_reports' })
  id: string;

  @ForeignKey(() => Agency, { name: 'fk_misconduct_reports_from_agency' })
  @Column({ name: 'from_agency', type: 'text' })
  fromAgency: string;

  @ForeignKey(() => Agency, { name: 'fk_misconduct_reports_to_agency' })
  @Column({ name: 'to_agency', type: 'text' })
  toAgency: string;

  @Column({ name: 'made_by', type: 'uuid' })
  madeBy: string;

  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;

  @Column({ type: 'text' })
  jwe: CompactJwe;

  @Column({ name: 'received_on', type: 'date', nullable: true })
  receivedOn: string | null;

  @Column({ name: 'received_by', type: 'uuid', nullable: true })
  receivedBy: string | null;
}

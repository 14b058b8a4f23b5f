import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Case } from './case.entity.js';

export const LINK_KINDS = ['related', 'duplicate'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** A reference that an agency noted on a case of its own. Whether another case has it, this does not say. */
@Entity('case_links')
@Unique('uq_case_links_reference', ['caseId', 'agencyId', 'reference'])
@Check('ck_case_links_kind', `kind IN ('related', 'duplicate')`)
export class CaseLink {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_case_links' })
  id: string;

  @ForeignKey(() => Case, { name: 'fk_case_links_case_id' })
  @Column({ name: 'case_id', type: 'uuid' })
  caseId: string;

  /** Whose note it is; an agency that gets the case later does not see it. */
  @ForeignKey(() => Agency, { name: 'fk_case_links_agency_id' })
  @Column({ name: 'agency_id', type: 'text' })
  agencyId: string;

  @Column({ type: 'text' })
  reference: string;

  @Column({ type: 'text' })
  kind: LinkKind;

  @Column({ name: 'made_by', type: 'uuid' })
  madeBy: string;

  @Column({ name: 'made_on', type: 'date' })
  madeOn: string;
}

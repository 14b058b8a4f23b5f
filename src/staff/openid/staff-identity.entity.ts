import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { StaffMember } from '../staff-member.entity.js';

/** Who a person is to their agency's own sign-in, as they linked it themselves. It signs in and unlocks nothing. */
@Entity('staff_identities')
@Unique('uq_staff_identities_issuer_subject', ['issuer', 'subject'])
@Index('ix_staff_identities_staff_id', ['staffId'])
export class StaffIdentity {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'pk_staff_identities' })
  id: string;

  @ForeignKey(() => StaffMember, { name: 'fk_staff_identities_staff_id' })
  @Column({ name: 'staff_id', type: 'uuid' })
  staffId: string;

  /** The provider's issuer identifier (OpenID Connect Core 1.0, section 2). */
  @Column({ name: 'issuer', type: 'text' })
  issuer: string;

  /** The claim that identifies the person there. */
  @Column({ name: 'subject', type: 'text' })
  subject: string;

  /** YYYY-MM-DD in Pacific/Auckland. */
  @Column({ name: 'linked_on', type: 'date' })
  linkedOn: string;
}

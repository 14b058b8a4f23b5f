import { MOST_DISCLOSURE_OFFICERS } from '../../staff/roles.js';
import { AreBytes32, IsListOf, IsOne, MayBeLeftOut } from '../../web/sealed-forms.js';
import { GrantDto, MailboxDto, MOST_GRANTS, SealedDto } from '../submission.dto.js';

/** A disclosure that an officer's browser has sealed for the person whose complaint it was. */
export class PassedOnDto {
  @IsOne(() => SealedDto)
  sealed: SealedDto;

  @IsListOf(() => GrantDto, 2, MOST_GRANTS)
  grants: GrantDto[];

  @IsOne(() => MailboxDto)
  mailbox: MailboxDto;

  /** Kids of disclosure officers who are named in it: they are granted nothing, now or later. */
  @MayBeLeftOut()
  @AreBytes32(MOST_DISCLOSURE_OFFICERS)
  excluded?: string[];
}

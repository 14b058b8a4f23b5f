import { Equals, IsBoolean, IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { IsCompactJwe, IsListOf, IsOne, MayBeLeftOut } from '../../web/sealed-forms.js';
import { REFERRAL_GROUNDS, type ReferralGroundCode } from './referral-grounds.js';
import { DECLINE_REASONS, REFERRAL_REASONS, type DeclineReason, type ReferralReason } from './referral-reasons.js';
import { GrantOfEpochDto, NewDeskEpochDto } from '../sealed-words.dto.js';

/** Characters of a sealed note about a referral: 32 KiB of padded text, signed and sealed. It is to be short. */
const LONGEST_NOTE = 46_000;

/** Grants in one call: as many as fit a body of 256 KiB beside the note and its own grants. */
const MOST_GRANTS = 160;

const AGENCY = /^[a-z][a-z0-9_-]{0,63}$/;
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export class WithheldGrantDto extends GrantOfEpochDto {
  @IsIn(['case', 'identity'])
  key: 'case' | 'identity';
}

export class ReferralNoteDto {
  @IsUUID('4')
  id: string;

  @IsCompactJwe(LONGEST_NOTE)
  jwe: string;
}

export class NewReferralDto {
  @IsUUID('4')
  id: string;

  @Matches(AGENCY)
  to: string;

  @IsIn(REFERRAL_REASONS)
  reason: ReferralReason;

  @IsBoolean()
  shareIdentity: boolean;

  /** Of a disclosure: the day the receiver was spoken to. */
  @MayBeLeftOut()
  @Matches(DAY)
  @IsString()
  recipientConsultedOn?: string;

  /** Of a complaint: the routing rules should have sent it there in the first place. */
  @MayBeLeftOut()
  @Equals(true)
  rulesWrong?: true;

  @IsOne(() => ReferralNoteDto)
  note: ReferralNoteDto;

  @IsOne(() => NewDeskEpochDto)
  epoch: NewDeskEpochDto;

  @IsListOf(() => WithheldGrantDto, 1, MOST_GRANTS)
  grants: WithheldGrantDto[];
}

export class NewGrantsDto {
  @IsListOf(() => WithheldGrantDto, 1, MOST_GRANTS)
  grants: WithheldGrantDto[];

  /** Both, and only where the receiver's readers have changed. */
  @MayBeLeftOut()
  @IsOne(() => ReferralNoteDto)
  note?: ReferralNoteDto;

  @MayBeLeftOut()
  @IsOne(() => NewDeskEpochDto)
  epoch?: NewDeskEpochDto;
}

export class OpeningDto {
  @IsOne(() => NewDeskEpochDto)
  epoch: NewDeskEpochDto;
}

export class DeclineDto {
  @IsIn(DECLINE_REASONS)
  reason: DeclineReason;

  @MayBeLeftOut()
  @IsOne(() => ReferralNoteDto)
  item?: ReferralNoteDto;
}

export class GroundForm {
  @IsIn(REFERRAL_GROUNDS, { context: { code: 'required', message: 'Choose the ground.' } })
  ground: ReferralGroundCode;
}

/** Which list of referrals is asked for, as it stands in the address. */
export class ReferralsQuery {
  @IsOptional()
  @IsIn(['coming', 'going'])
  direction: 'coming' | 'going' = 'coming';

  @IsOptional()
  @IsIn(['complaint', 'disclosure'])
  path: 'complaint' | 'disclosure' = 'complaint';

  @IsOptional()
  @IsString()
  @MaxLength(100)
  after?: string;
}

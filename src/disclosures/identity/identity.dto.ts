import { IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, Max, Min } from 'class-validator';
import { NoteDto } from '../../cases/sealed-words.dto.js';
import { IsBytes32, IsCompactJwe, IsOne, MayBeLeftOut } from '../../web/sealed-forms.js';
import type { NewRelease } from './ask-release.js';
import type { ReleaseDecision } from './decide-release.js';
import { NOT_PRACTICABLE, RELEASE_GROUNDS, type NotPracticable, type ReleaseGround } from './release-grounds.js';
import type { WithheldGrant } from './sealed-name.js';

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

class WithheldNameDto implements WithheldGrant {
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  epoch: number;

  @IsBytes32()
  reader: string;

  @IsCompactJwe()
  jwe: string;
}

/** A release that is asked for. */
export class NewReleaseDto implements NewRelease {
  @IsUUID('4')
  id: string;

  @IsIn(RELEASE_GROUNDS, { context: { code: 'required', message: 'Choose the ground.' } })
  ground: ReleaseGround;

  @MayBeLeftOut()
  @IsUUID('4')
  to?: string;

  @MayBeLeftOut()
  @Matches(DAY)
  @IsString()
  consultedOn?: string;

  @MayBeLeftOut()
  @IsIn(NOT_PRACTICABLE)
  notPracticable?: NotPracticable;

  @MayBeLeftOut()
  @IsUUID('4')
  consentItem?: string;

  @IsOne(() => NoteDto)
  note: NoteDto;

  @MayBeLeftOut()
  @IsOne(() => WithheldNameDto)
  grant?: WithheldNameDto;
}

/** What is decided about a release. */
export class ReleaseDecisionForm {
  @IsIn(['approved', 'declined', 'withdrawn'])
  decision: ReleaseDecision;
}

/** Where the register goes on. */
export class RegisterQuery {
  @IsOptional()
  @IsString()
  after?: string;
}

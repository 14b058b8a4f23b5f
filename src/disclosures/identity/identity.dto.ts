import { IsIn, IsOptional, IsString, IsUUID } from 'class-validator';
import { GrantOfEpochDto, NoteDto } from '../../cases/sealed-words.dto.js';
import { IsDay, IsOne, MayBeLeftOut } from '../../web/sealed-forms.js';
import type { NewRelease } from './ask-release.js';
import type { ReleaseDecision } from './decide-release.js';
import { NOT_PRACTICABLE, RELEASE_GROUNDS, type NotPracticable, type ReleaseGround } from './release-grounds.js';

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
  @IsDay()
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
  @IsOne(() => GrantOfEpochDto)
  grant?: GrantOfEpochDto;
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

import { Transform } from 'class-transformer';
import { IsEmail, IsIn, IsOptional, Matches, MaxLength, ValidateIf } from 'class-validator';
import { MOST_DISCLOSURE_OFFICERS } from '../staff/roles.js';
import { AreBytes32, MayBeLeftOut } from '../web/sealed-forms.js';
import { StatementDto } from './submission.dto.js';

/** One ticked box arrives as a text, several as a list. */
function FromBoxes(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (value === undefined ? undefined : [value].flat()));
}

/** What happened to somebody for speaking up, where they came for that. Carried along in the forms of the gates. */
export const AFTER_SPEAKING_UP = ['retaliation', 'confidentiality_breach'] as const;
export type AfterSpeakingUp = (typeof AFTER_SPEAKING_UP)[number];

/** The first gate. */
export class DangerDto {
  @IsIn(['none', 'immediate'])
  danger: 'none' | 'immediate';

  @MayBeLeftOut()
  @IsIn(AFTER_SPEAKING_UP)
  topic?: AfterSpeakingUp;
}

/** The second gate; the first one's answer is carried along in the form, so that nothing is stored before both. */
export class ClassifiedDto {
  @MayBeLeftOut()
  @IsIn(AFTER_SPEAKING_UP)
  topic?: AfterSpeakingUp;

  @IsIn(['none'])
  danger: 'none';

  @IsIn(['no', 'unsure', 'yes'])
  classified: 'no' | 'unsure' | 'yes';
}

/** One answer. Which codes there are, `routing` knows. */
export class AnswerDto {
  @Matches(/^[a-z0-9_]{2,40}$/)
  answer: string;
}

/** An answer that would send it the other way: `facet.code`. Which of them would, the rules say. */
export class WayDto {
  @Matches(/^[a-z_]{2,40}\.[a-z0-9_]{2,40}$/)
  answer: string;
}

/** How to go on from the decision. */
export class ChoiceDto {
  /** Another agency than the one decided. */
  @IsOptional()
  @Matches(/^[a-z_]{0,40}$/)
  destination?: string;

  /** Kids of those who may not read it. */
  @MayBeLeftOut()
  @FromBoxes()
  @AreBytes32(MOST_DISCLOSURE_OFFICERS)
  excluded?: string[];

  @IsIn(['send', 'triage_desk', 'pack', 'change'])
  way: 'send' | 'triage_desk' | 'pack' | 'change';
}

/** The words, where no script seals them first. */
export class WordsDto extends StatementDto {
  @ValidateIf(({ notify }: WordsDto) => notify !== '')
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  notify?: string;

  /** Where the page said that it goes. */
  @IsOptional()
  @Matches(/^[a-z0-9_.]{0,120}$/)
  way?: string;

  /** Kids of those who, as the page said, do not read it. */
  @MayBeLeftOut()
  @FromBoxes()
  @AreBytes32(MOST_DISCLOSURE_OFFICERS)
  excluded?: string[];

  /** Made with the page, so that sending twice lodges once. */
  @Matches(/^[\w-]{22,64}$/)
  idempotencyKey: string;
}

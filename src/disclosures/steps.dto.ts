import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { NewDeskEpochDto, NewItemDto } from '../cases/sealed-words.dto.js';
import { IsOne, MayBeLeftOut, NotFilledIn } from '../web/sealed-forms.js';
import { ACTIONS, type Action } from './duty-steps.js';
import { NO_ACTION_REASONS, type NoActionReason } from './no-action.js';
import { WRONGDOING_KINDS, type WrongdoingKind } from './wrongdoing-kinds.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What every step is sent with. */
class StepDto {
  @IsUUID('4')
  id: string;

  /** One more than there were steps when the page was looked at. */
  @IsInt()
  @Min(1)
  @Max(1_000)
  number: number;
}

/** The form that closes a disclosure. */
export class ClosingForm {
  /** When it is checked again that nobody is punished for it. */
  @MayBeLeftOut()
  @Matches(DAY, { context: { code: 'not_a_day', message: 'Give a day after today, and no more than a year ahead.' } })
  recheckOn?: string;

  /** What it was about, where the receiver says so. */
  @NotFilledIn()
  @MayBeLeftOut()
  @IsIn(WRONGDOING_KINDS)
  kind?: WrongdoingKind;
}

/** A step that is said in sealed words to the person. */
export class ToldStepDto extends StepDto {
  @IsOne(() => NewItemDto)
  item: NewItemDto;
}

/** A step that is said in a sealed note for the desk. */
export class NotedStepDto extends ToldStepDto {
  /** Only with the first note of a case. */
  @MayBeLeftOut()
  @IsOne(() => NewDeskEpochDto)
  desk?: NewDeskEpochDto;
}

export class ReceiptStepDto extends StepDto {
  @Matches(DAY)
  receivedOn: string;

  @IsBoolean()
  orally: boolean;

  /** Wanted where it was told by mouth. */
  @MayBeLeftOut()
  @IsOne(() => NewItemDto)
  item?: NewItemDto;
}

/** Whether it was disclosed elsewhere: the person is asked, or it is noted that they said so already. */
export class ElsewhereStepDto extends NotedStepDto {
  @IsBoolean()
  asked: boolean;
}

export class LongerStepDto extends ToldStepDto {
  @Matches(DAY)
  expectedOn: string;
}

export class DealtStepDto extends StepDto {
  @IsIn(ACTIONS, { each: true })
  @ArrayUnique()
  @ArrayMaxSize(ACTIONS.length)
  @ArrayMinSize(1)
  @IsArray()
  actions: Action[];

  @MayBeLeftOut()
  @IsIn(NO_ACTION_REASONS)
  reason?: NoActionReason;

  /** Both wanted where it is referred. */
  @MayBeLeftOut()
  @Matches(DAY)
  discloserConsultedOn?: string;

  @MayBeLeftOut()
  @Matches(DAY)
  recipientConsultedOn?: string;
}

/** Where a list goes on: what the page before it said. */
export class AfterRow {
  @MayBeLeftOut()
  @IsString()
  after?: string;
}

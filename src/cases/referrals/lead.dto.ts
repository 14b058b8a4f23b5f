import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { LEAD_DECISIONS, type LeadDecision } from './lead-review.entity.js';

/** What the system lead decides. */
export class LeadDecisionForm {
  @IsIn(LEAD_DECISIONS, { context: { code: 'required', message: 'Choose what is to happen.' } })
  decision: LeadDecision;

  /** Where it belongs; with `elsewhere` only, and then always. A form sends it empty otherwise. */
  @IsOptional()
  @Matches(/^(?:[a-z][a-z0-9_-]{0,63})?$/)
  advisedAgency?: string;
}

export class LeadQuery {
  @IsOptional()
  @IsString()
  @MaxLength(100)
  after?: string;
}

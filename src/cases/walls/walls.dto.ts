import { IsIn, IsUUID } from 'class-validator';
import { WALL_REASONS, type WallReason } from '../../staff/case-wall.entity.js';

/** Why somebody leaves a case alone. */
export class RecusalForm {
  @IsIn(WALL_REASONS, { context: { code: 'required', message: 'Choose a reason.' } })
  reason: WallReason;
}

/** Who is to be kept out of a case, and why. */
export class WallForm extends RecusalForm {
  @IsUUID('4', { context: { code: 'required', message: 'Choose who is to be kept out.' } })
  staffId: string;
}

import { IsBytes32 } from '../web/sealed-forms.js';

/** What a proof is asked for by. In the body: an address is kept in logs, and whoever has a commitment has its proof. */
export class CommitmentDto {
  @IsBytes32()
  commitment: string;
}

import { IsOne } from '../../web/sealed-forms.js';
import { NewDeskEpochDto } from '../sealed-words.dto.js';

export class RenewalForm {
  @IsOne(() => NewDeskEpochDto)
  epoch: NewDeskEpochDto;
}

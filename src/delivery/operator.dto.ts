import { IsIn, IsUUID } from 'class-validator';
import { QUEUE_NAMES, type QueueName } from '../queue/outbox.entity.js';
import { MayBeLeftOut } from '../web/sealed-forms.js';

/** After which one the list of what was given up goes on, as it stands in the address. */
export class DeadLettersQuery {
  @MayBeLeftOut()
  @IsUUID()
  after?: string;
}

export class DeadLetterPlace {
  @IsUUID()
  id: string;
}

export class QueuePlace {
  @IsIn(QUEUE_NAMES)
  queue: QueueName;
}

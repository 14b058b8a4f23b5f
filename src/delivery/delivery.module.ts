import { Module } from '@nestjs/common';
import { DirectoryModule } from '../agencies/directory.module.js';
import { StaffModule } from '../staff/staff.module.js';
import { AlarmProcessor } from './alarm.processor.js';
import { DeliveryProcessor } from './delivery.processor.js';
import { Mailer } from './mailer.js';
import { MailTexts } from './mail-text.js';
import { OperatorController } from './operator.controller.js';
import { WebhookClient, WebhookReach } from './webhook-client.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookProcessor } from './webhook.processor.js';
import { WebhookService } from './webhook.service.js';

@Module({
  imports: [DirectoryModule, StaffModule],
  controllers: [OperatorController, WebhookController],
  providers: [
    AlarmProcessor,
    DeliveryProcessor,
    Mailer,
    MailTexts,
    WebhookClient,
    WebhookProcessor,
    WebhookReach,
    WebhookService,
  ],
})
export class DeliveryModule {}

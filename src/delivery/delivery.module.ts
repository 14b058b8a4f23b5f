import { Module } from '@nestjs/common';
import { DeliveryProcessor } from './delivery.processor.js';
import { Mailer } from './mailer.js';
import { MailTexts } from './mail-text.js';

@Module({ providers: [DeliveryProcessor, Mailer, MailTexts] })
export class DeliveryModule {}

import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { JobRegistry } from '../queue/job-registry.js';
import { Mailer } from './mailer.js';
import { MailTexts } from './mail-text.js';
import { tellOperator } from './tell-agency.js';

/** The one notice that goes to whoever looks after the server. */
@Injectable()
export class AlarmProcessor {
  constructor(jobs: JobRegistry, mailer: Mailer, texts: MailTexts, settings: Settings) {
    jobs.handle('delivery', 'audit_alarm', {
      run: (manager, job) => tellOperator(manager, job, mailer, settings.TRIAGE_AGENCY, texts.auditAlarm()),
    });
  }
}

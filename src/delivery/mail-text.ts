import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { LANGUAGES, Translations } from '../web/translations.js';

/** What a mail says. The same for everyone: it holds no word, name, reference or date of a case. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** How many complaints of an agency are due, and how many are past their date. */
export interface DueFigures {
  readonly dueSoon: number;
  readonly overdue: number;
}

/** The fixed texts of the mails, te reo Māori beside English where the catalogue has it. */
@Injectable()
export class MailTexts {
  constructor(
    private readonly translations: Translations,
    private readonly settings: Settings,
  ) {}

  /** To an agency: a complaint waits in its inbox. */
  complaintCame(): MailText {
    return this.#text('mail.complaint_came', `${this.settings.staffOrigin}/staff`);
  }

  /**
   * To an agency, every morning, whether or not anything came: look whether disclosures wait.
   *
   * @param keysWantCare whether a key is to be renewed too, or a recovery kit to be tried out
   */
  digest(keysWantCare: boolean): MailText {
    return this.#text(keysWantCare ? 'mail.digest_keys' : 'mail.digest', `${this.settings.staffOrigin}/staff`);
  }

  /** To a person: a message lies in their mailbox. */
  messageCame(): MailText {
    return this.#text('mail.message_came', this.settings.publicOrigin);
  }

  /** To an agency, in the morning: so many complaints are due soon, so many are past their date. */
  reminder({ dueSoon, overdue }: DueFigures): MailText {
    return this.#text('reminders.mail', `${this.settings.staffOrigin}/staff`, { dueSoon, overdue });
  }

  /** To the operator: the audit log was found to be changed. */
  auditAlarm(): MailText {
    return this.#text('auditAlarm.mail', `${this.settings.staffOrigin}/staff/work`);
  }

  #text(key: string, link: string, figures: Readonly<Record<string, number>> = {}): MailText {
    const values = { link, ...figures };
    const inEach = (part: string) => [
      ...new Set(LANGUAGES.map((language) => this.translations.in(language)(`${key}.${part}`, values).trim())),
    ];
    return { subject: inEach('subject').join(' / '), text: `${inEach('text').join('\n\n--\n\n')}\n` };
  }
}

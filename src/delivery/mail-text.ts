import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { LANGUAGES, Translations } from '../web/translations.js';

/** What a mail says. The same for everyone: it holds no word, name, reference or number of a case. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
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
    return this.#text('complaint_came', `${this.settings.staffOrigin}/staff`);
  }

  /** To an agency, every morning, whether or not anything came: look whether disclosures wait. */
  digest(): MailText {
    return this.#text('digest', `${this.settings.staffOrigin}/staff`);
  }

  /** To a person: a message lies in their mailbox. */
  messageCame(): MailText {
    return this.#text('message_came', this.settings.publicOrigin);
  }

  #text(key: string, link: string): MailText {
    const inEach = (part: string) => [
      ...new Set(LANGUAGES.map((language) => this.translations.in(language)(`mail.${key}.${part}`, { link }).trim())),
    ];
    return { subject: inEach('subject').join(' / '), text: `${inEach('text').join('\n\n--\n\n')}\n` };
  }
}

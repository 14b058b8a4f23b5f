import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { dayInWords } from '../web/day.js';
import { Invalid } from '../web/errors.js';
import { pageProblems, type PageProblems } from '../web/page-problems.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { ReceiptForm } from './mailbox.dto.js';
import { MailboxService } from './mailbox.service.js';
import type { MailboxSession } from './mailbox-sessions.js';
import { MailboxWords } from './mailbox-words.js';
import { receiptProblem } from './typed-receipt.js';

/** Puts a mailbox onto the pages of those without a script. */
@Injectable()
export class MailboxPages {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly words: MailboxWords,
  ) {}

  /** Everything that the page of an open mailbox shows, in words. */
  async ofCase(session: MailboxSession, after: string | undefined, reply: FastifyReply): Promise<object> {
    const { t, lang } = requestText(reply);
    const side = this.words.side(await this.mailbox.read(session, after), { t, lang });
    const opened = (await this.mailbox.open(session, side.sealed)) ?? [];
    const day = (on: string): string => dayInWords(on, lang);
    return {
      side: {
        ...side,
        lodgedOn: day(side.lodgedOn),
        timeline: side.timeline.map((step) => ({ ...step, on: day(step.on) })),
      },
      items: opened.map((item) => ({
        ...item,
        on: day(item.on),
        words: item.words && Object.entries(item.words).map(([field, text]) => ({ field, text })),
      })),
      next: side.sealed.next,
      messageId: randomUUID(),
      values: {},
    };
  }

  /** What is wrong with typed words, for the page that shows them again; null where they could be a receipt. */
  typed(body: unknown, reply: FastifyReply): { readonly receipt: string } | { readonly problems: PageProblems } {
    const { t } = requestText(reply);
    try {
      const { receipt } = check(ReceiptForm, body);
      const problem = receiptProblem(receipt);
      if (!problem) return { receipt };
      const values =
        problem.code === 'unknown_words' ? { words: problem.words.slice(0, 8).join(', ') } : { ...problem };
      return this.problem('receipt', t(`mailbox.typed.${problem.code}`, values), reply);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return { problems: pageProblems(error.fields, t) };
    }
  }

  /** One problem of a page. */
  problem(field: string, message: string, reply: FastifyReply): { readonly problems: PageProblems } {
    return { problems: pageProblems([{ field, code: '', message }], requestText(reply).t) };
  }
}

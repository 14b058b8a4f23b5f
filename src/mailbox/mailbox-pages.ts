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
import type { MailboxReferral, MailboxSide } from './mailbox-side.js';
import type { MailboxSession } from './mailbox-sessions.js';
import { MailboxWords } from './mailbox-words.js';
import { receiptProblem } from './typed-receipt.js';

/** What the page of an open mailbox shows: all of it for its view, and this for whoever shows it. */
interface CasePage {
  readonly side: Pick<MailboxSide, 'unconfirmed'> & Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

/** Puts a mailbox onto the pages of those without a script. */
@Injectable()
export class MailboxPages {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly words: MailboxWords,
  ) {}

  /** Everything that the page of an open mailbox shows, in words. */
  async ofCase(session: MailboxSession, after: string | undefined, reply: FastifyReply): Promise<CasePage> {
    const { t, lang } = requestText(reply);
    const stored = await this.mailbox.read(session, after);
    const side = this.words.side(stored, { t, lang });
    // What is shown about a referral stands there, on whatever page of the items it would be.
    const epochs = new Set([side.referral, side.unconfirmed].flatMap((referral) => referral?.epochs ?? []));
    const about = this.words.signed(stored, stored.about, lang).filter(({ epoch }) => epochs.has(epoch));
    const elsewhere = new Set(about.map(({ id }) => id));
    const items = side.sealed.items.filter(({ id }) => !elsewhere.has(id));
    const opened = (await this.mailbox.open(session, { ...side.sealed, items: [...about, ...items] })) ?? [];
    const day = (on: string): string => dayInWords(on, lang);
    const shown = opened.map((item) => ({
      ...item,
      on: day(item.on),
      words: item.words && Object.entries(item.words).map(([field, text]) => ({ field, text })),
    }));
    const aboutOnly = (referral: MailboxReferral | null): typeof shown =>
      shown.filter((_item, at) => referral?.epochs.includes(about[at]?.epoch ?? 0));
    return {
      side: {
        ...side,
        lodgedOn: day(side.lodgedOn),
        timeline: side.timeline.map((step) => ({ ...step, on: day(step.on) })),
        journey: {
          ...side.journey,
          path: side.journey.path.map(({ agency, from, to }) => ({ agency, from: day(from), to: to && day(to) })),
        },
      },
      items: shown.slice(about.length),
      about: { referral: aboutOnly(side.referral), unconfirmed: aboutOnly(side.unconfirmed) },
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

  /** Why a message was not sent where the readers have to be confirmed first. */
  confirmFirst({ side }: CasePage, reply: FastifyReply): { readonly problems: PageProblems } {
    const to = side.unconfirmed?.to.name ?? '';
    return this.problem('text', requestText(reply).t('mailbox.referral.confirmFirst', { to }), reply);
  }

  /** One problem of a page. */
  problem(field: string, message: string, reply: FastifyReply): { readonly problems: PageProblems } {
    return { problems: pageProblems([{ field, code: '', message }], requestText(reply).t) };
  }
}

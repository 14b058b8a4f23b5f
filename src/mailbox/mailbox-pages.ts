import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { StoredItem } from '../cases/sealed-case.js';
import { dayInWords } from '../web/day.js';
import { Invalid } from '../web/errors.js';
import { pageProblems, type PageProblems } from '../web/page-problems.js';
import type { Language } from '../web/translations.js';
import { check } from '../web/validation.js';
import { requestText } from '../web/views.js';
import { ReceiptForm } from './mailbox.dto.js';
import { MailboxProofs } from './mailbox-proofs.js';
import { MailboxService } from './mailbox.service.js';
import type { MailboxCase, MailboxReferral, MailboxSide, OpenedItem, SealedSide } from './mailbox-side.js';
import type { MailboxSession } from './mailbox-sessions.js';
import { MailboxWords } from './mailbox-words.js';
import { proofState } from './proof-state.js';
import type { ReadOn, StoredCase } from './read-mailbox.js';
import { receiptProblem } from '../vault/typed-receipt.js';

/** The form that tells of being punished, where others name the part of the case that they are for. */
export const PUNISHED = 'punished';

/** What the page of an open mailbox shows: all of it for its view, and this for whoever shows it. */
interface CasePage {
  readonly side: Pick<MailboxSide, 'unconfirmed'> & Readonly<Record<string, unknown>>;
  readonly parts: readonly {
    readonly id: string;
    readonly number: number;
    readonly side: Pick<MailboxCase, 'unconfirmed'>;
  }[];
  readonly [more: string]: unknown;
}

/** Items that are to be opened for a page: those about a referral that is shown, and then the others. */
interface ToShow {
  readonly side: MailboxCase;
  readonly about: readonly StoredItem[];
  readonly sealed: SealedSide;
}

/** Puts a mailbox onto the pages of those without a script. */
@Injectable()
export class MailboxPages {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly words: MailboxWords,
    private readonly proofs: MailboxProofs,
  ) {}

  /** Everything that the page of an open mailbox shows, in words. */
  async ofCase(session: MailboxSession, on: ReadOn | undefined, reply: FastifyReply): Promise<CasePage> {
    const { t, lang } = requestText(reply);
    const stored = await this.mailbox.read(session, on);
    const side = this.words.side(stored, { t, lang });
    const whole = this.toShow(stored, side, lang);
    const parts = side.parts.flatMap((part, at) => {
      const one = stored.parts[at];
      return one ? [{ ...this.toShow(one, part, lang), id: part.id, number: part.number }] : [];
    });
    const opened = (await this.mailbox.open(session, whole.sealed)) ?? [];
    const sealed = parts.map((part) => part.sealed);
    const ofParts = (await this.mailbox.openParts(session, whole.sealed, sealed)) ?? [];
    return {
      ...shown(whole, opened, lang),
      side: { ...inWords(side, lang), lodgedOn: dayInWords(side.lodgedOn, lang) },
      parts: parts.map((part, at) => ({
        ...shown(part, ofParts[at] ?? [], lang),
        id: part.id,
        number: part.number,
        side: inWords(part.side, lang),
      })),
      proof: proofState(await this.proofs.of(session)),
      punishedId: randomUUID(),
      values: {},
    };
  }

  /* What is shown about a referral stands there, on whatever page of the items it would be. */
  private toShow(stored: StoredCase, side: MailboxCase, lang: Language): ToShow {
    const epochs = new Set([side.referral, side.unconfirmed].flatMap((referral) => referral?.epochs ?? []));
    const about = this.words.signed(stored, stored.about, lang).filter(({ epoch }) => epochs.has(epoch));
    const elsewhere = new Set(about.map(({ id }) => id));
    const items = side.sealed.items.filter(({ id }) => !elsewhere.has(id));
    return { side, about, sealed: { ...side.sealed, items: [...about, ...items] } };
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

  /** Why a message was not sent where the readers have to be confirmed first. @param part id of the part it was for */
  confirmFirst({ side, parts }: CasePage, part: string, reply: FastifyReply): { readonly problems: PageProblems } {
    const meant = parts.find(({ id }) => id === part);
    const to = (meant?.side.unconfirmed ?? side.unconfirmed)?.to.name ?? '';
    const field = this.fieldOf({ parts }, part, 'text');
    return this.problem(field, requestText(reply).t('mailbox.referral.confirmFirst', { to }), reply);
  }

  /** A field of the form for the case itself, for one of its parts, or to tell of being punished. */
  fieldOf({ parts }: Pick<CasePage, 'parts'>, part: string, field: string): string {
    if (part === PUNISHED) return `${PUNISHED}-${field}`;
    const number = parts.find(({ id }) => id === part)?.number;
    return number === undefined ? field : `part-${number.toString()}-${field}`;
  }

  /** One problem of a page. */
  problem(field: string, message: string, reply: FastifyReply): { readonly problems: PageProblems } {
    return { problems: pageProblems([{ field, code: '', message }], requestText(reply).t) };
  }
}

/** What a case or a part says in words, with what is about its referrals apart. */
function shown({ side, about, sealed }: ToShow, opened: readonly OpenedItem[], lang: Language): object {
  const items = opened.map((item) => ({
    ...item,
    on: dayInWords(item.on, lang),
    words: item.words && Object.entries(item.words).map(([field, text]) => ({ field, text })),
  }));
  const aboutOnly = (referral: MailboxReferral | null): typeof items =>
    items.filter((_item, at) => referral?.epochs.includes(about[at]?.epoch ?? 0));
  return {
    // That somebody countersigned is said with the proof.
    items: items.slice(about.length).filter(({ kind }) => kind !== 'countersignature'),
    about: { referral: aboutOnly(side.referral), unconfirmed: aboutOnly(side.unconfirmed) },
    next: sealed.next,
    messageId: randomUUID(),
  };
}

/** A case or a part with its days in words. */
function inWords<T extends MailboxCase>(side: T, lang: Language): T {
  const day = (on: string): string => dayInWords(on, lang);
  const path = side.journey.path.map(({ agency, from, to }) => ({ agency, from: day(from), to: to && day(to) }));
  return {
    ...side,
    timeline: side.timeline.map((step) => ({ ...step, on: day(step.on) })),
    journey: { ...side.journey, path },
  };
}

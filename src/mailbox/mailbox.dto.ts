import { IsBoolean, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { LONGEST_TEXT } from '../cases/seal-words.js';
import { NewItemDto } from '../cases/sealed-words.dto.js';
import { Invalid } from '../web/errors.js';
import { IsOne, MayBeLeftOut } from '../web/sealed-forms.js';
import type { MailboxClaim } from './mailbox-sessions.js';
import { LONGEST_RECEIPT, receiptProblem } from '../vault/typed-receipt.js';

/** The words as somebody typed them. */
export class ReceiptForm {
  @IsString()
  @MaxLength(LONGEST_RECEIPT)
  @Matches(/\S/, { context: { code: 'required', message: 'Type the eight words.' } })
  receipt: string;
}

/** What a mailbox is asked for by: exactly one of the two. */
export class ClaimDto {
  /** 32 bytes in base64url. Another form is no mistake to be named, but an id that nobody has. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(200)
  mailboxId?: string;

  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_RECEIPT)
  receipt?: string;
}

/** A message: sealed by the client, or in clear to be sealed on arrival, under an id that the client chose. */
export class MessageDto {
  @MayBeLeftOut()
  @IsOne(() => NewItemDto)
  item?: NewItemDto;

  @MayBeLeftOut()
  @IsUUID('4')
  id?: string;

  @MayBeLeftOut()
  @IsString()
  @Matches(/\S/, { context: { code: 'required', message: 'Write something first.' } })
  @MaxLength(LONGEST_TEXT)
  text?: string;

  /** Id of the part of the case that it is for. */
  @MayBeLeftOut()
  @IsUUID('4')
  part?: string;

  /** Of a disclosure: to look soon at how the person is supported. */
  @MayBeLeftOut()
  @IsBoolean()
  support?: boolean;
}

/** The form for a message, where no script seals it. */
export class MessageForm {
  /** Made with the page, so that sending twice adds once. */
  @IsUUID('4')
  id: string;

  @IsString()
  @MaxLength(LONGEST_TEXT)
  @Matches(/\S/, { context: { code: 'required', message: 'Write something first.' } })
  text: string;

  /** Id of the part of the case that it is for. */
  @MayBeLeftOut()
  @IsUUID('4')
  part?: string;

  /** Sent by the form that tells of being punished. */
  @MayBeLeftOut()
  @Matches(/^yes$/)
  support?: string;
}

/** Where a list of items goes on. */
export class ReadOnQuery {
  @IsOptional()
  @IsUUID('4')
  after?: string;

  /** Id of the part whose items these are. */
  @IsOptional()
  @IsUUID('4')
  part?: string;
}

/** Which part of the page is asked for. */
export class PageQuery extends ReadOnQuery {
  /** Set after something was sent, to say so. */
  @IsOptional()
  @Matches(/^yes$/)
  sent?: string;

  /** Set after a question about handing on was answered, to say so. */
  @IsOptional()
  @Matches(/^yes$/)
  answered?: string;
}

/** @throws {Invalid} where neither or both are given, or the words could not be a receipt; nothing was looked up */
export function claimOf({ mailboxId, receipt }: ClaimDto): MailboxClaim {
  if (mailboxId !== undefined && receipt === undefined) return { mailboxId };
  if (receipt === undefined) throw refused('mailboxId', 'required', 'Send either mailboxId or receipt.');
  if (mailboxId !== undefined) throw refused('receipt', 'not_both', 'Send either mailboxId or receipt, not both.');
  const problem = receiptProblem(receipt);
  if (problem?.code === 'word_count') {
    throw refused('receipt', problem.code, 'A receipt has eight words; this has more or fewer.');
  }
  if (problem) {
    const places = problem.places.slice(0, 8).join(', ');
    throw refused('receipt', problem.code, `These words are not in the list of words, by their place: ${places}.`);
  }
  return { receipt };
}

/** What a message is, of its two forms. */
export type Message =
  | { readonly kind: 'sealed'; readonly item: NewItemDto }
  | { readonly kind: 'in_clear'; readonly id: string; readonly text: string };

/** @throws {Invalid} where it has neither form, both, or a part of one */
export function messageOf({ item, id, text }: MessageDto): Message {
  if (item && id === undefined && text === undefined) return { kind: 'sealed', item };
  if (item) throw refused('item', 'not_both', 'Send either a sealed item or a text with an id, not both.');
  if (text === undefined) throw refused('item', 'required', 'Send a sealed item, or a text with an id.');
  if (id === undefined) throw refused('id', 'required', 'A text needs an id: a random UUID that you choose.');
  return { kind: 'in_clear', id, text };
}

function refused(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }]);
}

import type { SealedSubmission as SealedByVault } from '../vault/lodging.js';
import { Invalid } from '../web/errors.js';
import type { SubmissionDto } from './submission.dto.js';

/** A person's words in clear. */
export interface Statement {
  readonly whatHappened: string;
  readonly outcomeSought?: string | undefined;
  readonly who?: string | undefined;
  readonly when?: string | undefined;
  readonly where?: string | undefined;
  readonly identity?: string | undefined;
}

/** A submission whose words are sealed, wherever that was done. */
export type SealedSubmission = Omit<SealedByVault, 'mailbox'> & {
  /** With the address for "you have a message", sealed to the service key, where one was left. */
  readonly mailbox: SealedByVault['mailbox'] & { readonly notify?: string };
};

/** A submission as it arrived: in clear, to be sealed before anything is written, or sealed by the client. */
export type Submission =
  | { readonly kind: 'in_clear'; readonly statement: Statement; readonly notify: string | undefined }
  | { readonly kind: 'sealed'; readonly parts: SealedSubmission; readonly receipt?: undefined };

/**
 * Tells which of its two forms a body has.
 *
 * @throws {Invalid} when it has neither, both, or a part of one
 */
export function submissionOf(body: SubmissionDto): Submission {
  const { statement, notify, sealed, grants, mailbox } = body;
  if (statement) {
    for (const [field, value] of Object.entries({ sealed, grants, mailbox })) {
      if (value !== undefined) throw refused(field, 'not_both', 'Send either a statement or sealed parts, not both.');
    }
    return { kind: 'in_clear', statement, notify };
  }
  if (!sealed) throw refused('statement', 'required', 'Send a statement, or sealed parts with grants and mailbox.');
  if (!grants) throw refused('grants', 'required', 'Sealed parts need grants.');
  if (!mailbox) throw refused('mailbox', 'required', 'Sealed parts need a mailbox.');
  if (notify !== undefined) {
    throw refused('notify', 'not_in_clear', 'Send the address sealed, as mailbox.notify.');
  }
  return { kind: 'sealed', parts: { sealed, grants, mailbox } };
}

function refused(field: string, code: string, message: string): Invalid {
  return new Invalid([{ field, code, message }]);
}

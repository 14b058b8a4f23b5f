import { QueryFailedError } from 'typeorm';

/**
 * Work could not be done. Carries a code and nothing else: what is thrown here lies in the queue, in the outbox and in
 * the log, and the cause may quote an address or a value.
 */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  /** True when trying again cannot help. */
  readonly permanent: boolean;

  /**
   * @param code stable, lower case, such as `smtp_refused`
   * @param options `permanent` when trying again cannot help
   */
  constructor(
    readonly code: string,
    options: { readonly permanent?: boolean } = {},
  ) {
    super(code);
    this.permanent = options.permanent ?? false;
    // The frames name files of ours only, but nobody needs them in the queue.
    this.stack = `${this.name}: ${code}`;
  }
}

/** The coded failure that stands for whatever was thrown; of an unknown error nothing is kept but its kind. */
export function asJobFailure(thrown: unknown): JobFailure {
  if (thrown instanceof JobFailure) return thrown;
  if (thrown instanceof QueryFailedError) {
    const { code } = thrown.driverError as { code?: unknown };
    return new JobFailure(typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? `database_${code}` : 'database');
  }
  return new JobFailure('unexpected');
}

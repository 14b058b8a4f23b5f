import { Injectable } from '@nestjs/common';
import { ServiceKeys } from '../../config/service-keys.js';
import { identityReaders } from '../agencies/identity-readers.js';
import type { Reader } from '../agencies/readers.js';
import { sealAddress } from '../vault/address.js';
import { sealLodging } from '../vault/lodging.js';
import { ContentTooLong } from '../vault/suite.js';
import { Invalid } from '../web/errors.js';
import type { SealedSubmission, Statement } from './submission.js';

/** Seals in memory what arrived in clear, before anything is written: the tier without a script. */
@Injectable()
export class SealOnArrival {
  constructor(private readonly keys: ServiceKeys) {}

  /**
   * @param input.facets the answers that decided the route; they go into the statement, where its readers find them
   * @param input.day YYYY-MM-DD in Pacific/Auckland
   * @throws {Invalid} when all of it together is too long to be sealed as one item
   */
  async seal(input: {
    readonly statement: Statement;
    readonly notify: string | undefined;
    readonly facets: Readonly<Record<string, string>>;
    readonly readers: readonly Reader[];
    readonly receiver: string;
    readonly day: string;
  }): Promise<{ parts: SealedSubmission; receipt: string }> {
    const { identity, ...words } = said(input.statement);
    const { receipt, submission } = await sealLodging({
      statement: { ...words, facets: input.facets },
      ...(identity === undefined ? {} : { identity: { identity } }),
      readers: input.readers,
      identityReaders: identityReaders(input.readers),
      receiver: input.receiver,
      day: input.day,
    }).catch((error: unknown) => {
      throw error instanceof ContentTooLong ? tooLong() : error;
    });
    const { kid, publicJwk } = this.keys.sealing;
    const notify =
      input.notify === undefined ? {} : { notify: await sealAddress({ kid, jwk: publicJwk }, input.notify) };
    return { receipt, parts: { ...submission, mailbox: { ...submission.mailbox, ...notify } } };
  }
}

/** A form sends its empty fields too; what was left empty is not sealed. */
function said(statement: Statement): Record<string, string> {
  const fields = Object.entries(statement) as [string, string | undefined][];
  return Object.fromEntries(fields.flatMap(([name, text]) => (text?.trim() ? [[name, text]] : [])));
}

function tooLong(): Invalid {
  return new Invalid([
    {
      field: 'statement',
      code: 'too_long',
      message: 'All of it together is too long to send at once. Send the most important part; you can add more later.',
    },
  ]);
}

import type { Reader } from '../agencies/readers.js';
import type { CasePath } from '../cases/case.entity.js';
import { Invalid } from '../web/errors.js';

/** Whoever leaves somebody out leaves at least so many people: a disclosure that one alone could read lies with that one. */
export const FEWEST_LEFT = 2;

/** The people among the readers: those who may be left out, which a recovery key on paper may not. */
export function peopleAmong<R extends Pick<Reader, 'recovery'>>(readers: readonly R[]): R[] {
  return readers.filter(({ recovery }) => recovery !== true);
}

/**
 * The readers of a case without those whom the person leaves out.
 *
 * @param excluded kids, as the directory publishes them
 * @throws {Invalid} `excluded`: `not_of_a_complaint`, whose key is the agency's and nobody's own; `not_current_reader` for
 *   a kid of nobody who would read it now; `too_few_left` where fewer than {@link FEWEST_LEFT} people would be left
 */
export function readersWithout<R extends Pick<Reader, 'kid' | 'recovery'>>(
  readers: readonly R[],
  path: CasePath,
  excluded: readonly string[],
): readonly R[] {
  if (excluded.length === 0) return readers;
  if (path === 'complaint') {
    throw refused(
      'not_of_a_complaint',
      'Nobody by name can be left out of a complaint: all of an agency’s officers read it.',
    );
  }
  const people = peopleAmong(readers);
  if (!excluded.every((kid) => people.some((person) => person.kid === kid))) {
    throw refused(
      'not_current_reader',
      'Those who would read it have changed. Look at who they are now, and choose again.',
    );
  }
  const left = readers.filter(({ kid }) => !excluded.includes(kid));
  if (peopleAmong(left).length < FEWEST_LEFT) {
    throw refused(
      'too_few_left',
      'Fewer than two people would be left there to read it. Leave fewer out, or send it to another receiver.',
    );
  }
  return left;
}

function refused(code: string, message: string): Invalid {
  return new Invalid([{ field: 'excluded', code, message }]);
}

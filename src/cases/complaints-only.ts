import { Conflict } from '../web/errors.js';
import type { Case } from './case.entity.js';

/**
 * Turns away what is done with a complaint and not with a disclosure: of that, each act is a step of the law with a page of
 * its own.
 *
 * @throws {Conflict} `disclosure_steps`
 */
export function requireComplaint({ path }: Case): void {
  if (path === 'complaint') return;
  throw new Conflict(
    'disclosure_steps',
    'This is a disclosure: it is acknowledged, closed and taken up again by the steps that the law asks for. They stand on a page of their own.',
  );
}

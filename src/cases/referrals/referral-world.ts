import type { Directory } from '../../agencies/directory.js';
import type { Routing } from '../../routing/routing.service.js';
import type { Releases } from '../releases.js';

/** What a hand-over needs to know beyond its own rows. */
export interface ReferralWorld {
  /** The agency that passes on what has no other place; handing on is its work. */
  readonly triageAgency: string;
  readonly directory: Directory;
  readonly routing: Routing;
  readonly releases: Releases;
}

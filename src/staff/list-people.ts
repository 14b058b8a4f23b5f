import type { EntityManager } from 'typeorm';
import { isUuid } from '../vault/form.js';
import type { Role } from './roles.js';

const PEOPLE_A_PAGE = 50;

/** Somebody who works for an agency, as its administrator sees them. */
interface ListedPerson {
  readonly staffId: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** What is published of who they are; null where nothing is. */
  readonly publishedAs: string | null;
}

/** A page of people, and after whom the next one begins; null where there is none. */
export interface PeoplePage {
  readonly people: readonly ListedPerson[];
  readonly next: string | null;
}

/**
 * A page of the active people of an agency, by name. The caller records why they were looked at.
 *
 * @param after id of the last one of the page before; whoever is not of the agency ends the list
 */
export async function listPeople(manager: EntityManager, agencyId: string, after?: string): Promise<PeoplePage> {
  const found = await manager.query<ListedPerson[]>(
    `SELECT id AS "staffId", display_name AS "displayName", roles, published_as AS "publishedAs"
       FROM staff
      WHERE agency_id = $1 AND active
        AND ($2::uuid IS NULL
             OR (display_name, id) > (SELECT p.display_name, p.id FROM staff p WHERE p.id = $2 AND p.agency_id = $1))
      ORDER BY display_name, id LIMIT $3`,
    [agencyId, after !== undefined && isUuid(after) ? after : null, PEOPLE_A_PAGE + 1],
  );
  const people = found.slice(0, PEOPLE_A_PAGE);
  return { people, next: found.length > PEOPLE_A_PAGE ? (people.at(-1)?.staffId ?? null) : null };
}

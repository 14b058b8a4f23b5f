import { facetsAsStored } from '../routing/facets.js';
import type { Routing } from '../routing/routing.service.js';
import type { Case } from './case.entity.js';

/**
 * The agencies that what the person answered keeps a complaint from: they said that it is not safe to go there, or that it
 * is about the head of that agency. Of a disclosure the answers are sealed: there it is for the officer, who reads them,
 * and for the person, who is asked.
 */
export function withheldFrom({ path, facets }: Case, routing: Routing): readonly string[] {
  if (path === 'disclosure' || facets === null) return [];
  return routing.decide(facetsAsStored(facets)).withheld;
}

import fc from 'fast-check';
import type { Directory } from '../../src/agencies/directory.js';
import { FACET_NAMES, parseFacets, UNKNOWN } from '../../src/routing/facets.js';
import type { FacetCatalogue, FacetName, Facets } from '../../src/routing/facets.js';

/**
 * Any combination of answers.
 *
 * @param said answers that are not left to chance
 */
export function anyFacets(
  catalogue: FacetCatalogue,
  directory: Directory,
  said: Partial<Facets> = {},
): fc.Arbitrary<Facets> {
  const subjects = directory
    .all()
    .map(({ id }) => id)
    .filter((id) => !['triage', 'own_organisation'].includes(id));
  const code = (name: FacetName): fc.Arbitrary<string> => {
    const codes = [...catalogue.codes(name).keys(), ...(name === 'about' ? subjects : [])];
    return fc.constantFrom(...codes, ...(catalogue.required.has(name) ? [] : [UNKNOWN]));
  };
  return fc
    .record(
      Object.fromEntries(FACET_NAMES.map((name) => [name, code(name)])) as Record<FacetName, fc.Arbitrary<string>>,
    )
    .map((answers) => parseFacets(catalogue, directory, { ...answers, ...said }));
}

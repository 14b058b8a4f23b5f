import { configPath, Fields, inLanguage, readYaml } from '../agencies/data-file.js';
import type { Text } from '../agencies/data-file.js';
import type { Directory } from '../agencies/directory.js';
import { Invalid } from '../web/errors.js';
import type { FieldError } from '../web/errors.js';
import type { Language } from '../web/translations.js';

// prettier-ignore
export const FACET_NAMES = [
  'danger', 'classified', 'relationship', 'about', 'sector', 'topic', 'stage', 'when', 'head_implicated', 'child', 'channel',
] as const;
export type FacetName = (typeof FACET_NAMES)[number];

/** Every facet with its code; what was not said is `unknown`, never guessed. */
export type Facets = Readonly<Record<FacetName, string>>;

/** What stands for a facet that was not said. */
export const UNKNOWN = 'unknown';

/** Facets as they were stored: not read again, since what may be answered changes and what was answered does not. */
export function facetsAsStored(stored: Readonly<Record<string, string>>): Facets {
  const all = FACET_NAMES.map((name) => [name, stored[name] ?? UNKNOWN]);
  return Object.fromEntries(all) as Record<FacetName, string>;
}

/** The closed set of facets and their codes, with the labels people see. */
export class FacetCatalogue {
  constructor(
    readonly version: number,
    readonly required: ReadonlySet<FacetName>,
    private readonly facets: ReadonlyMap<FacetName, ReadonlyMap<string, Text>>,
  ) {}

  codes(name: FacetName): ReadonlyMap<string, Text> {
    return this.facets.get(name) ?? new Map<string, Text>();
  }

  /** The label of a code, or the code itself where there is none. */
  label(name: FacetName, code: string, language: Language): string {
    const text = this.codes(name).get(code);
    return text ? inLanguage(text, language) : code;
  }
}

/**
 * Reads the catalogue of facets.
 *
 * @throws DataError naming file and facet
 */
export function loadFacetCatalogue(path: string = configPath('routing', 'facets.yaml')): FacetCatalogue {
  const file = new Fields(readYaml(path), path, ['version', 'required', 'facets']);
  const version = file.get('version');
  if (typeof version !== 'number') throw file.refuse('needs a number under version');
  const all = file.fields('facets', FACET_NAMES);
  const facets = new Map(
    FACET_NAMES.map((name) => {
      const codes = Object.keys(all.get(name) ?? {});
      const labels = all.fields(name, codes);
      return [name, new Map(codes.map((code) => [code, labels.translated(code)]))];
    }),
  );
  const required = file.texts('required').map((name) => {
    const found = FACET_NAMES.find((each) => each === name);
    if (!found) throw file.refuse(`requires a facet that is not known: ${name}`);
    return found;
  });
  return new FacetCatalogue(version, new Set(required), facets);
}

/**
 * Reads a flat object of codes as facets. `sector` is taken from the directory when `about` names one of its entries.
 *
 * @param input what was sent, of any shape
 * @throws Invalid naming each facet that is not known, whose code is not known, or that is required and missing
 */
export function parseFacets(catalogue: FacetCatalogue, directory: Directory, input: unknown): Facets {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Invalid([
      { field: 'facets', code: 'not_an_object', message: 'The facets are one flat object of codes.' },
    ]);
  }
  const given = new Map<string, unknown>(Object.entries(input));
  const errors: FieldError[] = [];
  for (const name of given.keys()) {
    if (FACET_NAMES.some((known) => known === name)) continue;
    // A name that is no identifier may be somebody's words: not repeated.
    const field = /^[A-Za-z_]{1,30}$/.test(name) ? name : 'facets';
    errors.push({ field, code: 'unknown_field', message: `The facets are ${FACET_NAMES.join(', ')}.` });
  }
  const codeOf = (name: FacetName): string => {
    const code = given.get(name);
    if (code === undefined) {
      if (catalogue.required.has(name)) {
        errors.push({ field: name, code: 'required', message: `Please answer ${name}.` });
      }
      return UNKNOWN;
    }
    if (typeof code === 'string' && isCode(catalogue, directory, name, code)) return code;
    errors.push({ field: name, code: 'unknown_code', message: `This is none of the codes of ${name}.` });
    return UNKNOWN;
  };
  const facets = Object.fromEntries(FACET_NAMES.map((name) => [name, codeOf(name)])) as Record<FacetName, string>;
  if (errors.length > 0) throw new Invalid(errors);
  return { ...facets, sector: directory.get(facets.about)?.sector ?? facets.sector };
}

function isCode(catalogue: FacetCatalogue, directory: Directory, name: FacetName, code: string): boolean {
  return code === UNKNOWN || catalogue.codes(name).has(code) || (name === 'about' && isSubject(directory, code));
}

/** Whether an entry can be what a concern is about: an organisation, or a Minister or MP; not the desk, not "mine". */
function isSubject(directory: Directory, id: string): boolean {
  const entry = directory.get(id);
  return entry !== undefined && entry.kind !== 'desk' && entry.appropriateAuthority !== 'internal_receiver';
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { configPath, DataError, Fields, readYaml } from './data-file.js';
import type { Language } from '../web/translations.js';

const KINDS = ['complaint_body', 'agency', 'agency_class', 'tribunal', 'non_public', 'guard_entry', 'desk'] as const;
const CONFIDENCE = ['sourced', 'partly_sourced', 'memory'] as const;
const LISTS = ['takes', 'doesNotTake'] as const;
const SCHEDULE2 = ['yes', 'no', 'unknown'] as const;
const SECTORS = [
  'public_service',
  'crown_entity',
  'local_government',
  'police',
  'defence',
  'intelligence',
  'education',
  'health_disability',
  'care_custody',
  'justice_courts',
  'parliament_ministers',
  'profession',
  'private',
  'unknown',
] as const;
/** How a body may receive a protected disclosure (Protected Disclosures Act 2022 s 25), or why it may not. */
const AUTHORITIES = [
  'yes_officer_of_parliament',
  'yes_s25_head',
  'yes_self_declared',
  'yes_listed',
  'yes_professional_body',
  'yes_only_for_intelligence',
  'yes_only_for_defence_information',
  'internal_receiver',
  'unknown',
  'no_not_an_authority',
  'no_tribunal',
  'no_not_public',
  'no_excluded_s25',
  'no_desk',
] as const;

/** What a body can oversee in how others keep to the law. */
const OVERSIGHT = ['disclosures'] as const;
/** What can be reported to a body by other agencies. */
const REPORTS = ['serious_misconduct'] as const;

type AgencyKind = (typeof KINDS)[number];
type Sector = (typeof SECTORS)[number];
export type Confidence = (typeof CONFIDENCE)[number];

/** A claim and how well it is founded. */
export interface Claim {
  readonly text: string;
  readonly confidence: Confidence;
}

/** One organisation of the directory, as the data says; whether it is connected here is not the directory's to know. */
export interface DirectoryEntry {
  readonly id: string;
  readonly kind: AgencyKind;
  readonly sector: Sector;
  readonly name: { readonly en: string; readonly mi?: string; readonly miConfidence?: Confidence };
  readonly statute?: string;
  readonly tags: readonly string[];
  readonly takes: readonly string[];
  readonly doesNotTake: readonly string[];
  /** Which of the two lists above rest on memory, although the entry as a whole does not. */
  readonly unconfirmed: readonly (typeof LISTS)[number][];
  readonly precondition?: Claim;
  readonly timeLimit?: Claim;
  readonly website?: { readonly domain: string; readonly confidence: Confidence };
  readonly appropriateAuthority: (typeof AUTHORITIES)[number];
  readonly schedule2: (typeof SCHEDULE2)[number];
  readonly schedule2Note?: string;
  readonly source: readonly string[];
  readonly confidence: Confidence;
  readonly notes?: string;
  /** What it oversees at other agencies: its overseers see how those keep to the law, as figures. */
  readonly oversees?: (typeof OVERSIGHT)[number];
  /** What other agencies report to it centrally. */
  readonly takesReports?: (typeof REPORTS)[number];
  /** The time within which it says it answers complaints, in working days. */
  readonly standard?: { readonly workingDays: number; readonly basis: string; readonly confidence: Confidence };
}

/** The directory of who receives what, as data. */
export class Directory {
  private readonly entries: ReadonlyMap<string, DirectoryEntry>;

  constructor(entries: readonly DirectoryEntry[]) {
    this.entries = new Map(entries.map((entry) => [entry.id, entry]));
  }

  get(id: string): DirectoryEntry | undefined {
    return this.entries.get(id);
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  all(): readonly DirectoryEntry[] {
    return [...this.entries.values()];
  }

  /** Ids of those that oversee how others keep to the law on disclosures. */
  overseeing(): readonly string[] {
    return this.all().flatMap(({ id, oversees }) => (oversees === 'disclosures' ? [id] : []));
  }

  /** Id of the body that serious misconduct is reported to; of those that oversee disclosures, one at most. */
  takingReports(): string | undefined {
    return this.all().find(({ takesReports }) => takesReports === 'serious_misconduct')?.id;
  }

  /** Every organisation that a person may name or choose, by name. */
  listed(language: Language): { readonly id: string; readonly name: string }[] {
    return this.all()
      .filter(({ kind }) => kind !== 'guard_entry' && kind !== 'desk')
      .map(({ id }) => ({ id, name: this.nameOf(id, language) }))
      .sort((a, b) => a.name.localeCompare(b.name, language));
  }

  /** The name to show: in te reo Māori only where a source confirms it; the id when there is no such entry. */
  nameOf(id: string, language: Language = 'en'): string {
    const name = this.entries.get(id)?.name;
    if (language === 'mi' && name?.mi !== undefined && name.miConfidence === 'sourced') return name.mi;
    return name?.en ?? id;
  }
}

/**
 * Reads every `.yaml` file of the directory.
 *
 * @param folder where they lie; default `config/agencies/`
 * @throws DataError in a sentence that names file and entry, when anything is missing, unknown or there twice
 */
export function loadDirectory(folder: string = configPath('agencies')): Directory {
  const seen = new Set<string>();
  const entries = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => readEntries(join(folder, file)));
  for (const { id } of entries) {
    if (seen.has(id)) throw new DataError(`${folder} holds the entry ${id} twice.`);
    seen.add(id);
  }
  return new Directory(entries);
}

function readEntries(path: string): readonly DirectoryEntry[] {
  const list = readYaml(path);
  if (!Array.isArray(list)) throw new DataError(`${path} must be a list of entries.`);
  return list.map((value: unknown, index) => readEntry(value, path, index));
}

// prettier-ignore
const ENTRY_KEYS = [
  'id', 'kind', 'sector', 'name', 'statute', 'tags', 'takes', 'doesNotTake', 'unconfirmed', 'precondition', 'timeLimit',
  'website', 'appropriateAuthority', 'schedule2', 'schedule2Note', 'source', 'confidence', 'notes', 'standard',
  'oversees', 'takesReports',
];

function readEntry(value: unknown, path: string, index: number): DirectoryEntry {
  const id = typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : (index + 1).toString();
  const entry = new Fields(value, `${path}, entry ${id}`, ENTRY_KEYS);
  if (!/^[a-z][a-z0-9_]*$/.test(entry.text('id'))) throw entry.refuse('needs an id of a-z, 0-9 and _');
  // How well a claim is founded stands beside it as data: in its words, it would be shown to people.
  if (JSON.stringify(value).includes('(memory'))
    throw entry.refuse('marks a text "(memory)"; give its confidence instead');
  const name = entry.fields('name', ['en', 'mi', 'miConfidence']);
  const website = entry.has('website') ? entry.fields('website', ['domain', 'confidence']) : undefined;
  const [statute, notes] = [entry.optionalText('statute'), entry.optionalText('notes')];
  const schedule2Note = entry.optionalText('schedule2Note');
  return {
    id: entry.text('id'),
    kind: entry.oneOf('kind', KINDS),
    sector: entry.oneOf('sector', SECTORS),
    name: {
      en: name.text('en'),
      ...(name.has('mi') && { mi: name.text('mi'), miConfidence: name.oneOf('miConfidence', CONFIDENCE) }),
    },
    ...(statute !== undefined && { statute }),
    tags: entry.texts('tags'),
    takes: entry.texts('takes'),
    doesNotTake: entry.texts('doesNotTake'),
    unconfirmed: entry.has('unconfirmed') ? entry.texts('unconfirmed').map((list) => oneOfLists(entry, list)) : [],
    ...(entry.has('precondition') && { precondition: readClaim(entry, 'precondition') }),
    ...(entry.has('timeLimit') && { timeLimit: readClaim(entry, 'timeLimit') }),
    ...(website && {
      website: { domain: website.text('domain'), confidence: website.oneOf('confidence', CONFIDENCE) },
    }),
    appropriateAuthority: entry.oneOf('appropriateAuthority', AUTHORITIES),
    schedule2: entry.oneOf('schedule2', SCHEDULE2),
    ...(schedule2Note !== undefined && { schedule2Note }),
    source: entry.texts('source'),
    confidence: entry.oneOf('confidence', CONFIDENCE),
    ...(notes !== undefined && { notes }),
    ...(entry.has('oversees') && { oversees: entry.oneOf('oversees', OVERSIGHT) }),
    ...(entry.has('takesReports') && { takesReports: readTakesReports(entry) }),
    ...(entry.has('standard') && { standard: readStandard(entry) }),
  };
}

function readTakesReports(entry: Fields): (typeof REPORTS)[number] {
  // Its overseers read them.
  if (!entry.has('oversees')) throw entry.refuse('takes reports and oversees nothing');
  return entry.oneOf('takesReports', REPORTS);
}

function oneOfLists(entry: Fields, name: string): (typeof LISTS)[number] {
  const found = LISTS.find((list) => list === name);
  if (!found) throw entry.refuse(`has ${name} under unconfirmed, which is none of ${LISTS.join(', ')}`);
  return found;
}

function readClaim(entry: Fields, key: string): Claim {
  const claim = entry.fields(key, ['text', 'confidence']);
  return { text: claim.text('text'), confidence: claim.oneOf('confidence', CONFIDENCE) };
}

function readStandard(entry: Fields): NonNullable<DirectoryEntry['standard']> {
  const standard = entry.fields('standard', ['workingDays', 'basis', 'confidence']);
  const workingDays = standard.get('workingDays');
  if (typeof workingDays !== 'number' || !Number.isInteger(workingDays) || workingDays < 1 || workingDays > 250) {
    throw standard.refuse('needs workingDays, a whole number from 1 to 250');
  }
  return { workingDays, basis: standard.text('basis'), confidence: standard.oneOf('confidence', CONFIDENCE) };
}

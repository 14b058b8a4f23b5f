import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { configPath } from '../agencies/data-file.js';
import { Directory } from '../agencies/directory.js';
import { dayInAuckland } from '../web/day.js';
import { Log } from '../web/log.js';
import type { Language } from '../web/translations.js';
import { decide } from './decide.js';
import type { Decision } from './decide.js';
import { loadFacetCatalogue, parseFacets } from './facets.js';
import type { Facets } from './facets.js';
import { inForceOn, inOrder } from './in-force.js';
import type { Publication, Published } from './in-force.js';
import { loadBaseline, loadRulesetFiles } from './ruleset-files.js';
import type { RulesetFile } from './ruleset-files.js';
import type { Ruleset } from './ruleset.js';

/**
 * The rulesets with the directory and the facets they speak of, those in force or to come read and checked at boot; and
 * which of them is in force, which can change without a restart (see `RulesetRegister`). Deciding asks no database.
 */
@Injectable()
export class Routing {
  readonly catalogue = loadFacetCatalogue();
  /** Where the rulesets lie. */
  readonly folder: string;
  /** Every ruleset there is, published or not, by version. */
  readonly files: ReadonlyMap<string, RulesetFile>;
  readonly #baseline: readonly Publication[];
  #published: readonly Published[];

  constructor(
    readonly directory: Directory,
    private readonly log: Log,
    settings: Settings,
  ) {
    this.folder = settings.ROUTING_RULES ?? configPath('routing');
    this.files = loadRulesetFiles(this.folder, directory, this.catalogue);
    this.#baseline = loadBaseline(this.folder, this.files);
    this.#published = this.#inOrder([]);
    this.#readToCome();
  }

  /** The ruleset in force now. */
  get ruleset(): Ruleset {
    return inForceOn(this.#published, dayInAuckland()).ruleset;
  }

  /** Every ruleset that was, is or will be in force, in order. */
  published(): readonly Published[] {
    return this.#published;
  }

  /** A ruleset, published or not; undefined where there is no file of this version. */
  byVersion(version: string): Ruleset | undefined {
    return this.files.get(version)?.ruleset;
  }

  /**
   * Takes over what this server's register says.
   *
   * @param register in the order of approval; each must be a version there is a file of
   */
  follow(register: readonly Publication[]): void {
    const next = this.#inOrder(register);
    const same = next.length === this.#published.length && next.every((one, at) => isSame(one, this.#published[at]));
    // The same list stays the same object: what was made from it need not be made again.
    if (same) return;
    this.#published = next;
    this.#readToCome();
  }

  /**
   * Reads what was sent as facets.
   *
   * @throws Invalid naming each facet that cannot be used
   */
  parse(input: unknown): Facets {
    return parseFacets(this.catalogue, this.directory, input);
  }

  /**
   * Decides by the ruleset in force, which the decision names. A rule that fails is an alert in the log, without the
   * facets.
   */
  decide(facets: Facets, language: Language = 'en'): Decision {
    return decide(this.ruleset, this.directory, facets, {
      language,
      report: (error) => {
        this.log.failure('routing.rule_failed', error.cause, { ruleset: error.ruleset, after: error.after });
      },
    });
  }

  #inOrder(register: readonly Publication[]): readonly Published[] {
    const all = inOrder(this.#baseline, register);
    return all.map(({ version, from }, index) => {
      const file = this.files.get(version);
      if (!file) throw new RangeError(`there is no ruleset ${version}`);
      return {
        version,
        from,
        until: all[index + 1]?.from ?? null,
        get ruleset() {
          return file.ruleset;
        },
      };
    });
  }

  /** Reads what is in force or will be: not the first lodging should find out that it cannot be used. Past ones can wait. */
  #readToCome(): void {
    const today = dayInAuckland();
    const toCome = this.#published.filter(({ until }) => until === null || until > today);
    const wrong = toCome.find(({ version, ruleset }) => ruleset.version !== version);
    if (wrong) throw new RangeError(`the ruleset ${wrong.version} has another name in its file`);
  }
}

function isSame(one: Published, other: Published | undefined): boolean {
  return one.version === other?.version && one.from === other.from;
}

import { Injectable } from '@nestjs/common';
import { Directory } from '../agencies/directory.js';
import { Log } from '../web/log.js';
import type { Language } from '../web/translations.js';
import { decide } from './decide.js';
import type { Decision } from './decide.js';
import { loadFacetCatalogue, parseFacets } from './facets.js';
import type { Facets } from './facets.js';
import { loadRuleset } from './ruleset.js';
import type { Ruleset } from './ruleset.js';

/** The current ruleset with the directory and the facets it speaks of, read and checked once at boot. */
@Injectable()
export class Routing {
  readonly catalogue = loadFacetCatalogue();
  readonly ruleset: Ruleset;

  constructor(
    readonly directory: Directory,
    private readonly log: Log,
  ) {
    this.ruleset = loadRuleset(directory, this.catalogue);
  }

  /**
   * Reads what was sent as facets.
   *
   * @throws Invalid naming each facet that cannot be used
   */
  parse(input: unknown): Facets {
    return parseFacets(this.catalogue, this.directory, input);
  }

  /** Decides by the current ruleset. A rule that fails is an alert in the log, without the facets. */
  decide(facets: Facets, language: Language = 'en'): Decision {
    return decide(this.ruleset, this.directory, facets, {
      language,
      report: (error) => {
        this.log.failure('routing.rule_failed', error.cause, { ruleset: error.ruleset, after: error.after });
      },
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Settings } from '../../../../config/settings.js';
import { loadFacetCatalogue } from '../../../routing/facets.js';
import { declareDatasets } from '../datasets.js';
import type { Publisher } from '../files/release.js';
import { publisherOf } from '../publisher.js';
import { loadAttacks } from './attacks.js';
import type { Publishing } from './publish-release.js';

/** What is published here at all, by whom and where. */
@Injectable()
export class Publication implements Publishing {
  readonly datasets = declareDatasets(loadFacetCatalogue());
  readonly attacks = loadAttacks();

  constructor(private readonly settings: Settings) {}

  get publisher(): Publisher {
    return publisherOf(this.settings);
  }

  /* Asked for each time: a server on whatever port was free learns its origin late. */
  get baseUrl(): string {
    return this.settings.publicOrigin;
  }
}

import type { Directory } from '../../agencies/directory.js';
import type { FacetCatalogue, FacetName } from '../../routing/facets.js';
import type { Language, Translate } from '../../web/translations.js';
import type { Month } from '../cubes/months.js';

/** The words of pages of figures, in one language. */
export class FigureWords {
  constructor(
    readonly t: Translate,
    readonly lang: Language,
    private readonly facets: FacetCatalogue,
    private readonly directory: Directory,
  ) {}

  /** A word of the pages themselves. */
  say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return this.t(`figures.${key}`, values);
  }

  /** What a code of a cube stands for. */
  code(cube: string, code: string): string {
    if (cube === 'topic' || cube === 'channel' || cube === 'stage') {
      return code === 'unknown' ? this.say('unknown') : this.facets.label(cube, code, this.lang);
    }
    return this.say(`codes.${cube}.${code}`);
  }

  agency(id: string): string {
    return this.directory.nameOf(id, this.lang);
  }

  /** Such as `October 2026`. */
  month(month: Month): string {
    const at = new Date(`${month}T00:00:00Z`);
    const tag = this.lang === 'mi' ? 'mi-NZ' : 'en-NZ';
    return new Intl.DateTimeFormat(tag, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at);
  }

  /** What every picture is told. */
  picture(id: string, title: string, description: string) {
    return { id, title, description, language: this.lang, nothing: this.say('nothing') };
  }

  /** Every code of a facet that a complaint can have, with what was not said. */
  codesOf(facet: Extract<FacetName, 'topic' | 'channel' | 'stage'>): string[] {
    return [...this.facets.codes(facet).keys(), 'unknown'];
  }
}

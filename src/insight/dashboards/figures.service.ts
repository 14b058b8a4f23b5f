import { monthsAfter } from '../../clocks/months.js';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../config/database.js';
import { Settings } from '../../../config/settings.js';
import { Directory } from '../../agencies/directory.js';
import { append } from '../../audit/audit.js';
import { todayInAuckland } from '../../clocks/calendar.js';
import { loadFacetCatalogue } from '../../routing/facets.js';
import type { StaffActor } from '../../staff/staff-actor.js';
import { Forbidden, Invalid, NotFound } from '../../web/errors.js';
import type { Language, Translate } from '../../web/translations.js';
import { ALL_AGENCIES } from '../cubes/cubes.js';
import { monthOf, monthsUpTo, type Month } from '../cubes/months.js';
import { ReadCubes, type FigureStanding, type LearningRow } from '../cubes/read-cubes.js';
import { mayLookAtEachAgency, mayLookAtFigures, mayRecordLearning } from '../figures.policy.js';
import { recordLearning, takeLearningBack } from '../learning/record-learning.js';
import type { LearningKind } from '../learning/learning-action.entity.js';
import { agencies } from './agencies.js';
import { FigureWords } from './figure-words.js';
import { handOffs } from './hand-offs.js';
import { learning } from './learning.js';
import { overview } from './overview.js';
import type { Panel } from './panel.js';
import { practice } from './practice.js';
import type { FiguresPage, Question } from './question.js';
import { steps } from './steps.js';
import { themes } from './themes.js';

/** The pages of figures by their names in addresses. */
export const PAGES = {
  overview,
  steps,
  'hand-offs': handOffs,
  agencies,
  themes,
  practice,
  learning,
} as const satisfies Readonly<Record<string, FiguresPage>>;
type PageName = keyof typeof PAGES;

/** Months that can be chosen: the last one that is over, and those before it. */
const CHOICES = 36;

/** What was asked for: words of an address. */
export interface Asked {
  readonly month?: string | undefined;
  readonly agency?: string | undefined;
}

/** A page, and what can be chosen beside what is shown. */
export interface Looked {
  readonly page: PageName;
  readonly question: Question;
  readonly panels: readonly Panel[];
  readonly standing: FigureStanding;
  readonly months: readonly Month[];
  readonly agencies: readonly string[];
  readonly topics: readonly string[];
  /** What of the actor's own agency may be taken back; null where they may not write anything down. */
  readonly learnt: readonly LearningRow[] | null;
  readonly words: FigureWords;
}

/** What staff look at: figures with their noise, out of a closed menu. Each look is audited before it is answered. */
@Injectable()
export class FiguresService {
  private readonly facets = loadFacetCatalogue();

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly directory: Directory,
    private readonly cubes: ReadCubes,
  ) {}

  /**
   * A page of figures.
   *
   * @param name of the page, as in its address
   * @throws {NotFound} where there is no such page
   * @throws {Forbidden} to those who may not look at figures
   * @throws {Invalid} naming `month` or `agency` where it is none of the choices
   */
  async look(
    actor: StaffActor,
    name: string,
    asked: Asked,
    language: { t: Translate; lang: Language },
  ): Promise<Looked> {
    if (!mayLookAtFigures(actor, this.operatorAgency)) throw new Forbidden();
    const page = pageOf(name);
    const words = new FigureWords(language.t, language.lang, this.facets, this.directory);
    const months = monthsUpTo(monthsAfter(monthOf(todayInAuckland()), -1), CHOICES).reverse();
    const choices = this.agenciesFor(actor);
    const question = this.questionOf(actor, asked, months, choices);
    await this.database.asActor(actor, (manager) =>
      append(manager, { action: 'figures.read', actor, subject: subjectOf(page, question) }),
    );
    return this.cubes.reading(actor, async (reader) => ({
      ...{ page, question, months, words },
      agencies: choices,
      topics: words.codesOf('topic'),
      panels: await PAGES[page](reader, question, words),
      standing: await reader.standing(),
      learnt: page === 'learning' && mayRecordLearning(actor) ? await reader.learning(actor.agencyId, 50) : null,
    }));
  }

  /**
   * Writes down what the actor's agency changed.
   *
   * @throws {Forbidden} to all but its leads and analysts
   * @throws {Invalid} naming `topic` or `month` where it is none of the choices
   */
  async recordLearning(actor: StaffActor, made: { topic: string; kind: LearningKind; month: string }): Promise<void> {
    const month = `${made.month}-01`;
    if (!this.facets.codes('topic').has(made.topic)) throw notOneOf('topic', 'Choose what the complaints were about.');
    const now = monthOf(todayInAuckland());
    if (!monthsUpTo(now, CHOICES).includes(month)) throw notOneOf('month', 'Choose one of the months.');
    await this.database.asActor(actor, (manager) => recordLearning(manager, actor, { ...made, month }));
  }

  /** Takes back what was written down by mistake. @throws {NotFound} @throws {Forbidden} */
  async takeLearningBack(actor: StaffActor, id: string): Promise<void> {
    await this.database.asActor(actor, (manager) => takeLearningBack(manager, actor, id));
  }

  private get operatorAgency(): string {
    return this.settings.TRIAGE_AGENCY;
  }

  /** Whose figures the actor may ask for, all together first. */
  private agenciesFor(actor: StaffActor): string[] {
    if (!mayLookAtEachAgency(actor, this.operatorAgency)) return [ALL_AGENCIES, actor.agencyId];
    return [ALL_AGENCIES, ...this.directory.listed('en').map(({ id }) => id)];
  }

  private questionOf(actor: StaffActor, asked: Asked, months: readonly Month[], choices: readonly string[]): Question {
    const ofEach = mayLookAtEachAgency(actor, this.operatorAgency);
    const until = asked.month === undefined ? months[0] : `${asked.month}-01`;
    const agency = asked.agency ?? (ofEach ? ALL_AGENCIES : actor.agencyId);
    if (until === undefined || !months.includes(until)) throw notOneOf('month', 'Choose one of the months.');
    if (!choices.includes(agency)) throw notOneOf('agency', 'Choose one of the agencies.');
    return { agency, until, months: 24, year: 12, ofEach, ownAgency: actor.agencyId };
  }
}

/** What was looked at, for the log: the page, the month and whose figures. */
function subjectOf(page: PageName, { until, agency }: Question): string {
  return `${page}.${until.slice(0, 7)}.${agency === ALL_AGENCIES ? 'all' : agency}`;
}

function pageOf(name: string): PageName {
  if (!Object.hasOwn(PAGES, name)) throw new NotFound();
  return name as PageName;
}

function notOneOf(field: string, message: string): Invalid {
  return new Invalid([{ field, code: 'not_one_of', message }]);
}

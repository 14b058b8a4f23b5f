import type { FigureWords } from './figure-words.js';
import type { CubeReader } from '../cubes/read-cubes.js';
import type { Month } from '../cubes/months.js';
import type { Panel } from './panel.js';

/** What a page of figures is asked. */
export interface Question {
  /** An id, or `*` for all together. */
  readonly agency: string;
  /** The last month, which is over. */
  readonly until: Month;
  /** Months of the line charts, and of everything that is summed up. */
  readonly months: 24;
  readonly year: 12;
  /** Whether the asker may see each agency apart. */
  readonly ofEach: boolean;
  /** Where the asker is from. */
  readonly ownAgency: string;
}

/** Answers a question with pictures and tables. */
export type FiguresPage = (reader: CubeReader, question: Question, words: FigureWords) => Promise<readonly Panel[]>;

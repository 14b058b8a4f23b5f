import { barChart } from '../charts/bar-chart.js';
import type { Cube } from '../cubes/cube.js';
import { ALL_AGENCIES, type CubeName } from '../cubes/cubes.js';
import { published, share, type Published } from '../cubes/published.js';
import type { CubeReader } from '../cubes/read-cubes.js';
import type { FigureWords } from './figure-words.js';
import { drawn, type Panel, type TableCell } from './panel.js';
import type { FiguresPage, Question } from './question.js';
import { settledUntil, TIME_FOR } from './settled.js';

interface Measure {
  readonly id: string;
  readonly cube: CubeName;
  /** What is counted for it, of what. */
  readonly good: readonly string[];
  readonly of?: readonly string[];
  /** Working days that there are for it. */
  readonly within?: number;
}

/** What each agency answers for, in the order in which a person meets it. */
const MEASURES: readonly Measure[] = [
  { id: 'acknowledged', cube: 'acknowledged', good: ['0-5'], within: TIME_FOR.acknowledged },
  { id: 'answered', cube: 'answered', good: ['in_time'], within: TIME_FOR.answered },
  // Whoever has not said anything after so long has not taken it; where the person changed their mind nobody was to say anything.
  {
    id: 'accepted',
    cube: 'asked',
    good: ['accepted'],
    of: ['accepted', 'declined', 'waiting'],
    within: TIME_FOR.asked,
  },
  // By the month in which it was closed, of those that took longer: nothing of it is known before.
  { id: 'kept_informed', cube: 'kept_informed', good: ['monthly'], of: ['monthly', 'longer'] },
  { id: 'not_sent_back', cube: 'came_back', good: ['no'] },
];

const HIDDEN_BELOW = 6;

/** What people were asked; their answers are of no agency. */
const ASKED_OF_PEOPLE = ['kept_informed', 'felt_safe', 'would_do_again'] as const;

/** An agency beside all together on the practice that it answers for, with whose standard that is and what the best do. */
export const practice: FiguresPage = async (reader, question, words) => [
  await practicePanel(reader, question, words),
  await peoplePanel(reader, question, words),
];

async function practicePanel(reader: CubeReader, question: Question, words: FigureWords): Promise<Panel> {
  const title = words.say('panels.practice.title');
  const own = question.agency === ALL_AGENCIES ? null : question.agency;
  const found: { id: string; own: number | null; all: number | null }[] = [];
  for (const measure of MEASURES) {
    const of = async (agency: string): Promise<number | null> =>
      shareOf(
        await reader.cube({
          cube: measure.cube,
          agency,
          until: measure.within === undefined ? question.until : settledUntil(question.until, measure.within),
          months: question.year,
          together: 'months',
        }),
        measure,
      );
    found.push({ id: measure.id, own: own === null ? null : await of(own), all: await of(ALL_AGENCIES) });
  }
  const percent = (value: number | null): number | null => (value === null ? null : Math.round(value * 100));
  return {
    id: 'practice',
    title,
    what: words.say('panels.practice.what'),
    draw: () =>
      barChart({
        ...words.picture('practice', title, words.say('seeTable')),
        unit: words.say('panels.practice.unit'),
        bars: found.flatMap((one) => [
          ...(own === null
            ? []
            : [{ label: `${words.say(`practice.${one.id}.name`)}: ${words.agency(own)}`, value: percent(one.own) }]),
          { label: `${words.say(`practice.${one.id}.name`)}: ${words.say('columns.all')}`, value: percent(one.all) },
        ]),
        suppressed: words.say('hidden'),
      }),
    columns: [
      words.say('columns.practice'),
      ...(own === null ? [] : [words.agency(own)]),
      words.say('columns.all'),
      words.say('columns.standard'),
      words.say('columns.best'),
    ],
    rows: [
      ...found.map((one) => [
        words.say(`practice.${one.id}.name`),
        ...(own === null ? [] : [{ share: one.own }]),
        { share: one.all },
        words.say(`practice.${one.id}.standard`),
        words.say(`practice.${one.id}.best`),
      ]),
      reasonsRow(words, own),
    ],
  };
}

/* Not measured, since it cannot be otherwise: closing takes a final answer, but for outcomes that say all. */
function reasonsRow(words: FigureWords, own: string | null): readonly TableCell[] {
  const always = words.say('practice.reasons.always');
  return [
    words.say('practice.reasons.name'),
    ...(own === null ? [] : [always]),
    always,
    words.say('practice.reasons.standard'),
    words.say('practice.reasons.best'),
  ];
}

/* Few are hidden, and many are to the nearest five: what one more person said is hardly to be seen. */
function answersShown(n: number): Published {
  return published(n < HIDDEN_BELOW ? n : 5 * Math.round(n / 5));
}

function shareOf(cube: Cube, { good, of }: Measure): number | null {
  return share(cube.count({ codes: good }), cube.count(of ? { codes: of } : {}));
}

/* Of the last year that is over: answers have no month, and those of a year that goes on would show who came last. */
async function peoplePanel(reader: CubeReader, { until }: Question, words: FigureWords): Promise<Panel> {
  const year = Number(until.slice(0, 4)) - (until.endsWith('-12-01') ? 0 : 1);
  const answers = await reader.ratings(year);
  const closed = await reader.cube({
    cube: 'outcome',
    agency: ALL_AGENCIES,
    until: `${year.toString()}-12-01`,
    months: 12,
    together: 'months',
  });
  const title = words.say('panels.people.title', { year });
  const givenTo = (question: string, answer: string): number =>
    answers.find((one) => one.question === question && one.answer === answer)?.n ?? 0;
  const said = ASKED_OF_PEOPLE.map((question) => ({
    question,
    yes: answersShown(givenTo(question, 'yes')),
    partly: answersShown(givenTo(question, 'partly')),
    no: answersShown(givenTo(question, 'no')),
  }));
  const [question] = ASKED_OF_PEOPLE;
  const all = answers.filter((one) => one.question === question).reduce((sum, one) => sum + one.n, 0);
  const given = 5 * Math.round(all / 5);
  const inYear = drawn(closed.count());
  return {
    id: 'people',
    title,
    what: words.say(given === 0 ? 'panels.people.tooFew' : 'panels.people.what', {
      answers: given,
      closed: inYear ?? '<6',
    }),
    draw: () =>
      barChart({
        ...words.picture('people', title, words.say('seeTable')),
        nothing: words.say('panels.people.none'),
        unit: words.say('panels.people.unit'),
        bars:
          given === 0
            ? []
            : said.map(({ question, yes, partly, no }) => ({
                label: words.say(`panels.people.questions.${question}`),
                value: shareOfYes([yes, partly, no]),
              })),
        suppressed: words.say('hidden'),
      }),
    columns: [
      words.say('panels.people.question'),
      words.say('panels.people.yes'),
      words.say('panels.people.partly'),
      words.say('panels.people.no'),
      words.say('columns.standard'),
      words.say('columns.best'),
    ],
    rows:
      given === 0
        ? []
        : said.map(({ question, yes, partly, no }) => [
            words.say(`panels.people.questions.${question}`),
            yes,
            partly,
            no,
            words.say(`practice.${question}.standard`),
            words.say(`practice.${question}.best`),
          ]),
  };
}

/* Of the numbers that are shown, and of no others. */
function shareOfYes(shown: readonly Published[]): number | null {
  const [yes = 0, ...others] = shown.map((one) => drawn(one) ?? 0);
  const all = others.reduce((sum, one) => sum + one, yes);
  return all === 0 ? null : Math.round((100 * yes) / all);
}

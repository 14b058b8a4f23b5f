import type { FacetName } from '../routing/facets.js';

/** What is asked after the two gates, in this order, one thing a page. Every one may be left open. */
const QUESTIONS = [
  'relationship',
  'about',
  'sector',
  'topic',
  'stage',
  'when',
  'head_implicated',
  'child',
] as const satisfies readonly FacetName[];
export type Question = (typeof QUESTIONS)[number];

/** Answers so far, as codes. */
export type Answers = Readonly<Partial<Record<FacetName, string>>>;

export function isQuestion(name: string): name is Question {
  return QUESTIONS.some((question) => question === name);
}

/** The question that comes after one, or null after the last. */
export function questionAfter(question: Question, answers: Answers): Question | null {
  return QUESTIONS.slice(QUESTIONS.indexOf(question) + 1).find((next) => isAsked(next, answers)) ?? null;
}

/** The question that comes before one, or null before the first. */
export function questionBefore(question: Question, answers: Answers): Question | null {
  return (
    QUESTIONS.slice(0, QUESTIONS.indexOf(question))
      .reverse()
      .find((before) => isAsked(before, answers)) ?? null
  );
}

/** Where the last question leads: who may make a disclosure is first shown what the Act calls serious wrongdoing. */
export function afterQuestions({ relationship, topic }: Answers): '/screen' | '/decision' {
  return workLinkOf(relationship) === 'yes' && !isAfterSpeakingUp(topic) ? '/screen' : '/decision';
}

/** Whether somebody has the link of section 8 to an organisation, or supports who has (section 12). */
export type WorkLink = 'yes' | 'no' | 'unsaid';

export function workLinkOf(relationship = 'unknown'): WorkLink {
  if (WITH_WORK_LINK.has(relationship)) return 'yes';
  return relationship === 'unknown' ? 'unsaid' : 'no';
}

const WITH_WORK_LINK: ReadonlySet<string> = new Set(['worker', 'former_worker', 'supporter']);

function isAfterSpeakingUp(topic = ''): boolean {
  return TOPIC_GROUPS.speaking_up.includes(topic);
}

/** Takes an answer in; what it makes pointless is forgotten. */
export function answered(answers: Answers, question: Question, code: string): Answers {
  const next: Partial<Record<FacetName, string>> = { ...answers, [question]: code };
  if (!isAsked('sector', next)) delete next.sector;
  return next;
}

/** The directory knows the sector of its own entries. */
function isAsked(question: Question, { about }: Answers): boolean {
  return question !== 'sector' || about === 'other' || about === 'unknown';
}

/** The question about a link through work in plain words: those who have it, and those who have not. */
export const RELATIONSHIP_GROUPS = {
  yes: ['worker', 'former_worker'],
  supporting: ['supporter'],
  no: ['service_user', 'family_or_advocate', 'public'],
} as const;

/** Topics under headings, since nobody reads forty-five choices in a row. */
export const TOPIC_GROUPS = {
  service: ['service_quality', 'delay', 'decision', 'automated_decision'],
  information: ['official_information', 'personal_information'],
  respect: ['discrimination', 'harassment_bullying'],
  police_prison: ['police_conduct', 'custody_detention'],
  children: ['child_care_protection', 'abuse_in_care', 'school', 'teacher_conduct'],
  health: ['health_care', 'disability_aged_care'],
  money_home: ['benefit', 'injury_claim', 'tax', 'social_housing', 'tenancy', 'immigration'],
  council: ['council', 'election'],
  professions: ['social_worker_conduct', 'lawyer_conduct', 'judge_conduct', 'real_estate_agent', 'immigration_adviser'],
  integrity: [
    'conflict_of_interest',
    'corruption_bribery',
    'fraud',
    'public_money',
    'procurement',
    'political_neutrality',
    'lobbying_post_employment',
    'gross_mismanagement',
    'offence',
  ],
  safety: ['work_safety', 'public_safety', 'transport_safety', 'environment', 'food_biosecurity'],
  business: ['consumer', 'financial_services', 'charity', 'broadcasting', 'advertising'],
  speaking_up: ['retaliation', 'confidentiality_breach'],
  other: ['other'],
} satisfies Readonly<Record<string, readonly string[]>>;

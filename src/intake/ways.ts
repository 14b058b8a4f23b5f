import type { CasePath } from '../cases/case.entity.js';
import { UNKNOWN } from '../routing/facets.js';
import type { Routing } from '../routing/routing.service.js';
import { answered, type Answers, type Question, workLinkOf, type WorkLink } from './journey.js';

/**
 * One answer that sends it the other way. They are answers of the ordinary questions: whoever chooses a way changes what
 * they said, and sees so, and the rules decide as ever.
 */
interface OtherAnswer {
  readonly question: Question;
  readonly code: string;
}

/** What could lead to the other path; which of them do, the rules in force say. */
const LEADING_TO: Readonly<Record<CasePath, readonly OtherAnswer[]>> = {
  complaint: ['service_user', 'public'].map((code) => ({ question: 'relationship', code })),
  // Section 10, (a) to (e) in order; what nobody is sure of is looked at by a person.
  disclosure: [
    'offence',
    'public_safety',
    'work_safety',
    'environment',
    'other',
    'public_money',
    'gross_mismanagement',
    UNKNOWN,
  ].map((code) => ({ question: 'topic', code })),
};

/** The two ways of a matter: which it takes now, and which answers would send it the other. */
export interface Ways {
  readonly now: CasePath;
  readonly workLink: WorkLink;
  readonly others: readonly OtherAnswer[];
}

/** Which way answers go, and how they could go the other; null where they lead to a stop. */
export function waysOf(routing: Routing, answers: Answers): Ways | null {
  const pathOf = (of: Answers): CasePath | null => routing.decide(routing.parse(of)).path;
  const now = pathOf(answers);
  if (now === null) return null;
  const wanted = now === 'complaint' ? 'disclosure' : 'complaint';
  const workLink = workLinkOf(answers.relationship);
  const others = LEADING_TO[wanted].filter(
    ({ question, code }) => pathOf(answered(answers, question, code)) === wanted,
  );
  // Without a link through work no topic makes a disclosure of it; only that answer does, which is asked for as ever.
  return { now, workLink, others };
}

/** The same answers, sent the other way by one that {@link waysOf} names, written `question.code`; else null. */
export function sentTheOtherWay({ others }: Ways, answers: Answers, chosen: string): Answers | null {
  const other = others.find(({ question, code }) => `${question}.${code}` === chosen);
  return other ? answered(answers, other.question, other.code) : null;
}

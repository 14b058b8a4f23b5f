import type { Routing } from '../routing/routing.service.js';
import type { Language, Translate } from '../web/translations.js';
import { RELATIONSHIP_GROUPS, TOPIC_GROUPS, type Question } from './journey.js';

/** One possible answer, in the language of the page. */
interface Choice {
  readonly code: string;
  readonly label: string;
}

/** Choices under a heading; a question with few has one group without. */
export interface ChoiceGroup {
  readonly heading?: string;
  readonly choices: readonly Choice[];
}

interface Words {
  readonly t: Translate;
  readonly lang: Language;
}

/** The choices of a question. "Not sure" is always among them, since it is always an answer. */
export function choicesOf(routing: Routing, question: Question, words: Words): ChoiceGroup[] {
  if (question === 'topic') return topics(routing, words);
  if (question === 'relationship') return relationships(words);
  if (question === 'about') return organisations(routing, words);
  const codes = [...routing.catalogue.codes(question).keys()];
  const choices = codes.map((code) => ({ code, label: routing.catalogue.label(question, code, words.lang) }));
  return [{ choices: codes.includes('unknown') || codes.includes('unsure') ? choices : choices.concat(unsure(words)) }];
}

function topics({ catalogue }: Routing, words: Words): ChoiceGroup[] {
  const { t, lang } = words;
  const groups: ChoiceGroup[] = Object.entries(TOPIC_GROUPS).map(([group, codes]) => ({
    heading: t(`intake.topics.${group}`),
    choices: codes.map((code) => ({ code, label: catalogue.label('topic', code, lang) })),
  }));
  return groups.concat({ choices: [unsure(words)] });
}

/* The codes' own labels say what they stand for; whoever is asked is asked in plain words. */
function relationships(words: Words): ChoiceGroup[] {
  const { t } = words;
  const groups: ChoiceGroup[] = Object.entries(RELATIONSHIP_GROUPS).map(([group, codes]) => ({
    heading: t(`intake.relationships.${group}`),
    choices: codes.map((code) => ({ code, label: t(`intake.relationships.${code}`) })),
  }));
  return groups.concat({ choices: [unsure(words)] });
}

function organisations({ catalogue, directory }: Routing, { t, lang }: Words): ChoiceGroup[] {
  const elsewhere = ['unknown', 'other'].map((code) => ({ code, label: catalogue.label('about', code, lang) }));
  const listed = directory.listed(lang).map(({ id, name }) => ({ code: id, label: name }));
  return [
    { heading: t('intake.about.elsewhere'), choices: elsewhere },
    { heading: t('intake.about.listed'), choices: listed },
  ];
}

function unsure({ t }: Words): Choice {
  return { code: 'unknown', label: t('intake.notSure') };
}

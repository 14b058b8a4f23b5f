/** What somebody answers and says. */
export interface Story {
  readonly facets: Readonly<Record<string, string>>;
  readonly statement: Readonly<Record<string, string>>;
}

/** Invented cases for the demonstration: answers to the questions, and words. No real person or event is meant. */
export const STORIES: readonly Story[] = [
  {
    facets: facets('service_user', 'msd', 'benefit', 'not_raised', 'under_3_months'),
    statement: {
      whatHappened:
        'My support stopped on the first of the month. The letter says I missed an appointment, but nobody told me about one.',
      outcomeSought: 'Start it again, and pay what was missed.',
      when: 'Three weeks ago',
      identity: 'Hana, 55 Example Road; call in the morning',
    },
  },
  {
    facets: facets('service_user', 'msd', 'delay', 'waiting', 'ongoing'),
    statement: {
      whatHappened: 'I sent all the papers for the accommodation supplement in August and have heard nothing.',
    },
  },
  {
    facets: facets('family_or_advocate', 'msd', 'service_quality', 'answered', 'from_3_to_12_months'),
    statement: {
      whatHappened:
        'I go with my father because he does not hear well. At the counter they talk to the screen and not to him.',
      outcomeSought: 'A quiet room, and someone who looks at him when they speak.',
    },
  },
  {
    facets: facets('service_user', 'msd', 'automated_decision', 'not_raised', 'under_3_months'),
    statement: {
      whatHappened: 'A letter says I owe money from two jobs ago. Nobody can tell me how it was worked out.',
    },
  },
  {
    facets: facets('public', 'moe', 'official_information', 'waiting', 'under_3_months'),
    statement: {
      whatHappened: 'I asked for the emails about our bus route six weeks ago. They say it is being progressed.',
    },
  },
  {
    facets: {
      ...facets('service_user', 'oranga_tamariki', 'child_care_protection', 'not_raised', 'ongoing'),
      child: 'yes',
    },
    statement: {
      whatHappened: 'Kua nekehia ahau ki tētahi kāinga hou, ā, kāore au i te kite i ōku tēina. No one asked me.',
    },
  },
  {
    facets: facets('public', 'police', 'police_conduct', 'not_raised', 'under_3_months'),
    statement: {
      whatHappened: 'Two officers stopped my son on the way home and one of them twisted his arm. He did nothing.',
    },
  },
  {
    facets: facets('worker', 'police', 'police_conduct', 'unsafe', 'ongoing'),
    statement: {
      whatHappened: 'A sergeant on my section turns his camera off before he speaks to young people.',
      who: 'My section',
    },
  },
  {
    facets: {
      ...facets('public', 'other', 'political_neutrality', 'waiting', 'under_3_months'),
      sector: 'public_service',
    },
    statement: { whatHappened: 'A ministry’s account has been sharing posts that praise one party.' },
  },
  {
    facets: {
      ...facets('worker', 'other', 'gross_mismanagement', 'answered', 'ongoing'),
      sector: 'public_service',
      head_implicated: 'yes',
    },
    statement: {
      whatHappened:
        'Our chief executive has known for a year that urgent files are dropped, and told us not to write it down.',
      outcomeSought: 'That somebody outside looks at it.',
    },
  },
  {
    facets: { ...facets('worker', 'other', 'corruption_bribery', 'not_raised', 'ongoing'), sector: 'public_service' },
    statement: {
      whatHappened:
        'One contractor gets every job, and our manager plays golf at his expense. I have seen the invoices.',
    },
  },
  {
    facets: facets('public', 'unknown', 'environment', 'answered', 'ongoing'),
    statement: {
      whatHappened:
        'The stream has been orange since the rain. The district says ask the region, the region says ask the district.',
    },
  },
];

/** Answers to all questions, of somebody in no danger whose case is not about a head and not about a child. */
export function facets(
  relationship: string,
  about: string,
  topic: string,
  stage: string,
  when: string,
): Record<string, string> {
  return {
    danger: 'none',
    classified: 'no',
    relationship,
    about,
    topic,
    stage,
    when,
    head_implicated: 'no',
    child: 'no',
  };
}

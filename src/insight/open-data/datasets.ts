import type { FacetCatalogue } from '../../routing/facets.js';
import {
  ACKNOWLEDGED_CODES,
  COMPLAINT_OUTCOME_CODES,
  DISCLOSURE_OUTCOME_CODES,
  facetCodes,
  HAND_OFF_CODES,
  KIND_CODES,
  monthCodes,
  RESOLVED_CODES,
  TIMELINESS_CODES,
} from './code-lists.js';
import { SECTOR_GROUP_CODES } from './sector-groups.js';
import type { Code, DatasetId, DatasetSpec, Dimension, Side, TableSpec } from './table-spec.js';

/** The two datasets by their ids. */
export type Datasets = Readonly<Record<DatasetId, DatasetSpec>>;

/**
 * The datasets that are published, with their tables and whole domains. All of it follows from the rules and the intake
 * facets, nothing from what was lodged. Codes may change with the facets: what was drawn keeps those that it was drawn under.
 * Other tables would be another version of the dataset, under another address than `/open-data/v1`.
 *
 * @param facets today's intake facets; their codes and labels become those of the tables
 */
export function declareDatasets(facets: FacetCatalogue): Datasets {
  return { complaints: complaints(facets), disclosures: disclosures() };
}

function complaints(facets: FacetCatalogue): DatasetSpec {
  const month: Dimension = {
    name: 'month',
    title: { en: 'Month of receipt' },
    meaning: 'Calendar month in New Zealand in which the complaint was first received.',
    role: 'time',
    codes: monthCodes,
  };
  const topic = by(
    'topic',
    'Topic',
    'What the complaint is mostly about, as the person chose.',
    facetCodes(facets, 'topic'),
  );
  const sectors = facetCodes(facets, 'sector');
  const receiver = by('sector', 'Sector', 'Sector of the organisation that first received it.', sectors);
  const closer = by('sector', 'Sector', 'Sector of the organisation that first closed it.', sectors);
  const stage = by('stage', 'Stage', 'How far it was with the organisation before.', facetCodes(facets, 'stage'));
  const channel = by('channel', 'Channel', 'How the complaint came in.', facetCodes(facets, 'channel'));
  const outcome = by(
    'outcome',
    'Outcome',
    'How the complaint had ended when the figures were drawn.',
    COMPLAINT_OUTCOME_CODES,
  );
  const acknowledged = by(
    'acknowledged',
    'Acknowledged in',
    'Working days (Legislation Act 2019, section 13) from first receipt to the first acknowledgement.',
    ACKNOWLEDGED_CODES,
  );
  const resolved = by(
    'resolved',
    'Resolved in',
    'Working days (Legislation Act 2019, section 13) from first receipt to the first closing.',
    RESOLVED_CODES,
  );
  const handOffs = by(
    'hand_offs',
    'Hand-offs',
    'Times that one agency passed it on to another until the figures were drawn. The triage desk, whose work that is, does not count.',
    HAND_OFF_CODES,
  );
  return {
    id: 'complaints',
    title: { en: 'Complaints about public services' },
    description:
      'Complaints received and closed through OneDoor in a calendar quarter, with differentially private noise. Protected disclosures are not among them.',
    keywords: ['complaints', 'public services', 'New Zealand', 'differential privacy', 'open government'],
    periodKind: 'quarter',
    cap: '2.0000',
    tables: [
      received('received-by-month-topic', 'Complaints received, by month and topic', [month, topic]),
      received('received-by-month-sector', 'Complaints received, by month and sector', [month, receiver]),
      received('received-by-stage', 'Complaints received, by stage', [stage]),
      received('received-by-channel', 'Complaints received, by channel', [channel]),
      closed('closed-by-outcome-sector', 'Complaints closed, by outcome and sector', [outcome, closer]),
      closed('closed-by-acknowledged', 'Complaints closed, by time to acknowledgement', [acknowledged]),
      closed('closed-by-resolved', 'Complaints closed, by time to closing', [resolved]),
      closed('closed-by-hand-offs', 'Complaints closed, by hand-offs', [handOffs]),
    ],
  };
}

/** One-way and national: no agency, month, region or person, since a single disclosure must not show. */
function disclosures(): DatasetSpec {
  const kind = by(
    'kind',
    'Kind of wrongdoing',
    'Kind of serious wrongdoing in section 10 of the Protected Disclosures (Protection of Whistleblowers) Act 2022, as the receiver said when it was first closed.',
    KIND_CODES,
  );
  const sector = by(
    'sector',
    'Sector',
    'Group of sectors of the organisation that first received it.',
    SECTOR_GROUP_CODES,
  );
  const timeliness = by(
    'timeliness',
    'Steps done in',
    'When the steps of section 13 of the Act were done. Its 20 working days are guidance, not a limit.',
    TIMELINESS_CODES,
  );
  const outcome = by('outcome', 'Outcome', 'How the disclosure was first closed.', DISCLOSURE_OUTCOME_CODES);
  return {
    id: 'disclosures',
    title: { en: 'Protected disclosures' },
    description:
      'Protected disclosures received and closed through OneDoor in a calendar year, for all of New Zealand, with differentially private noise.',
    keywords: ['protected disclosures', 'whistleblowing', 'New Zealand', 'differential privacy', 'integrity'],
    periodKind: 'year',
    cap: '1.0000',
    tables: [
      closed('by-kind', 'Disclosures closed, by kind of wrongdoing', [kind]),
      received('by-sector', 'Disclosures received, by sector', [sector]),
      received('by-timeliness', 'Disclosures received, by time to the steps of section 13', [timeliness]),
      closed('by-outcome', 'Disclosures closed, by outcome', [outcome]),
    ],
  };
}

function received(name: string, title: string, dimensions: readonly Dimension[]): TableSpec {
  const meaning = 'Each lodging is counted in the period in which it was first received, once in its life.';
  return table(name, title, meaning, dimensions, 'received');
}

function closed(name: string, title: string, dimensions: readonly Dimension[]): TableSpec {
  const meaning = 'Each lodging is counted in the period in which it was first closed, once in its life.';
  return table(name, title, meaning, dimensions, 'closed');
}

function table(name: string, en: string, meaning: string, dimensions: readonly Dimension[], side: Side): TableSpec {
  return { name, title: { en }, meaning, dimensions, epsilon: '0.2500', side };
}

function by(name: string, en: string, meaning: string, codes: readonly Code[]): Dimension {
  return { name, title: { en }, meaning, role: 'classification', codes: () => codes };
}

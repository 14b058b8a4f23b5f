import { describe, expect, it } from '@jest/globals';
import { provePolicies, type Situation } from '../../../test/staff/policy-matrix.js';
import { someone } from '../../../test/staff/role-sets.js';
import {
  mayApproveRelease,
  mayDeclineRelease,
  mayKeep,
  mayOpenName,
  mayTellOfRelease,
  mayWithdrawRelease,
  type ReleaseStanding,
} from './identity.policy.js';
import { NOT_PRACTICABLE, RELEASE_GROUNDS, wrongInHearing } from './release-grounds.js';

const RELATION = {
  kept: ['apart', 'by all'],
  holding: ['since it was lodged', 'by a release', 'not at all'],
  who: ['who asked', 'to whom', 'another'],
} as const;

type Relation = Situation<typeof RELATION>;

const actor = ({ roles, is }: Relation) => someone(roles, 'here', is.who);
const standing = ({ is: { kept, holding } }: Relation) => ({
  apart: kept === 'apart',
  holds: holding !== 'not at all',
  released: holding === 'by a release',
});
const release = (more: Partial<ReleaseStanding> = {}): ReleaseStanding => ({
  state: 'asked',
  askedBy: 'who asked',
  toStaff: 'to whom',
  toldOn: null,
  ...more,
});

/** With the role, whoever holds the key; without, those who hold it since it was lodged, where all do. */
const KEEPERS = (who: string): string =>
  `identity_custodian: by a release/since it was lodged, ${who} or disclosure_officer: by all, since it was lodged, ${who}`;

provePolicies('the name in a disclosure (s 17)', RELATION, {
  'is kept by': [
    (relation) => mayKeep(actor(relation), standing(relation)),
    'identity_custodian: by a release/since it was lodged or disclosure_officer: by all, since it was lodged',
  ],
  'is opened by': [
    (relation) => mayOpenName(actor(relation), standing(relation)),
    'identity_custodian: by a release/since it was lodged or disclosure_officer: by all, since it was lodged or disclosure_officer: by a release',
  ],
  'is released by': [
    (relation) => mayApproveRelease(actor(relation), standing(relation), release()),
    KEEPERS('another'),
  ],
  'is not released, where that was asked for, by': [
    (relation) => mayDeclineRelease(actor(relation), release()),
    'disclosure_officer: another/to whom',
  ],
  'is not released after all by': [
    (relation) => mayWithdrawRelease(actor(relation), release()),
    'disclosure_officer: who asked',
  ],
});

describe('a release', () => {
  it('is decided once, and told of once it is approved, and once', () => {
    const keeper = someone(['disclosure_officer', 'identity_custodian'], 'here', 'another');
    const reader = someone(['disclosure_officer'], 'here', 'another');
    const held = { apart: true, holds: true, released: false };
    const decides = (more: Partial<ReleaseStanding>) => mayApproveRelease(keeper, held, release(more));
    const tells = (more: Partial<ReleaseStanding>) => mayTellOfRelease(reader, release(more));
    expect(
      (['asked', 'approved', 'declined', 'withdrawn'] as const).map((state) => [decides({ state }), tells({ state })]),
    ).toEqual([
      [true, false],
      [false, true],
      [false, false],
      [false, false],
    ]);
    expect(tells({ state: 'approved', toldOn: '2026-11-20' })).toBe(false);
    expect(mayTellOfRelease(someone(['officer'], 'here'), release({ state: 'approved' }))).toBe(false);
  });
});

describe('the hearing before a release (s 17)', () => {
  const days = { lodgedOn: '2026-11-02', today: '2026-11-20' };

  it('is what the ground takes: consent in the person’s words, consultation, or why that was not practicable', () => {
    const right = RELEASE_GROUNDS.flatMap((ground) =>
      [undefined, '2026-11-20'].flatMap((consultedOn) =>
        [undefined, ...NOT_PRACTICABLE].flatMap((notPracticable) =>
          [undefined, 'item'].flatMap((consentItem) => {
            const wrong = wrongInHearing({ ground, consultedOn, notPracticable, consentItem }, days);
            const how = notPracticable === undefined ? 'heard' : 'not heard';
            return wrong === null ? [`${ground}: ${how}${consentItem === undefined ? '' : ', consented'}`] : [];
          }),
        ),
      ),
    );
    expect([...new Set(right)]).toEqual([
      'consent: heard, consented',
      'effective_investigation: heard',
      'serious_risk: not heard',
      'serious_risk: heard',
      'natural_justice: heard',
      'law_enforcement: not heard',
      'law_enforcement: heard',
    ]);
  });

  it('was on a day from which the disclosure was there until today', () => {
    const on = (consultedOn: string) => wrongInHearing({ ground: 'natural_justice', consultedOn }, days)?.code;
    expect(['2026-11-01', '2026-11-02', '2026-11-20', '2026-11-21'].map(on)).toEqual([
      'not_possible',
      undefined,
      undefined,
      'not_possible',
    ]);
  });
});

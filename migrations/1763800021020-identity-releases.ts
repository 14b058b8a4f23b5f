import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

/* Row security of cases holds within the question too: only those who read the disclosure. */
const HOLDS = `EXISTS (SELECT FROM cases c WHERE c.id = case_id AND c.agency_id = (SELECT acting_agency())
                          AND c.path = 'disclosure' OFFSET 0)`;
const ME = '(SELECT acting_staff())';

const GIVEN = (release: string): string => `
  CREATE OR REPLACE FUNCTION may_be_given_name(of_case uuid, kid text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
      SELECT EXISTS (SELECT FROM cases c WHERE c.id = of_case AND c.path = 'complaint')
          OR EXISTS (SELECT FROM staff_keys k JOIN staff p ON p.id = k.staff_id JOIN cases c ON c.agency_id = p.agency_id
                      WHERE c.id = of_case AND k.kid = may_be_given_name.kid AND p.active
                        AND '{disclosure_officer,identity_custodian}' <@ p.roles)
          OR EXISTS (SELECT FROM staff_keys k JOIN staff_keys o ON o.staff_id = k.staff_id AND o.purpose = 'agreement'
                       JOIN case_grants g ON g.reader = o.kid AND g.case_id = of_case AND g.key = 'identity'
                      WHERE k.kid = may_be_given_name.kid)
          OR (is_on_paper(of_case) AND EXISTS (
               SELECT FROM case_grants g JOIN recovery_keys r ON r.kid = g.reader
                WHERE g.case_id = of_case AND g.key = 'identity'))${release};
    END;`;

/** Releases of who wrote a disclosure: what two who keep names decided, why, to whom, and that the person was told. */
export class IdentityReleases1763800021020 implements MigrationInterface {
  readonly name = 'IdentityReleases1763800021020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE identity_releases (
        id uuid CONSTRAINT pk_identity_releases PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_identity_releases_case_id REFERENCES cases (id),
        ground text NOT NULL,
        -- Sealed: why it is essential, and to whom outside.
        note_item uuid NOT NULL CONSTRAINT fk_identity_releases_note_item REFERENCES case_items (id),
        -- A colleague; null for outside the agency.
        to_staff uuid CONSTRAINT fk_identity_releases_to_staff REFERENCES staff (id),
        -- The key of the name, sealed to that colleague's key, until it is decided.
        reader text,
        epoch integer,
        wrapped bytea,
        consulted_on date,
        not_practicable text,
        consent_item uuid CONSTRAINT fk_identity_releases_consent_item REFERENCES case_items (id),
        asked_by uuid NOT NULL CONSTRAINT fk_identity_releases_asked_by REFERENCES staff (id),
        asked_on date NOT NULL,
        state text NOT NULL,
        decided_by uuid CONSTRAINT fk_identity_releases_decided_by REFERENCES staff (id),
        decided_on date,
        told_item uuid CONSTRAINT fk_identity_releases_told_item REFERENCES case_items (id),
        told_by uuid CONSTRAINT fk_identity_releases_told_by REFERENCES staff (id),
        told_on date,
        CONSTRAINT ck_identity_releases_ground CHECK (
          ground IN ('consent', 'effective_investigation', 'serious_risk', 'natural_justice', 'law_enforcement')),
        CONSTRAINT ck_identity_releases_state CHECK (state IN ('asked', 'approved', 'declined', 'withdrawn')),
        -- Before it, in every case where the Act has no exception; and where it has one, the reason why not.
        CONSTRAINT ck_identity_releases_consulted CHECK (
          (consent_item IS NOT NULL) = (ground = 'consent')
          AND (consulted_on IS NULL) = (not_practicable IS NOT NULL)
          AND (not_practicable IS NULL OR ground IN ('serious_risk', 'law_enforcement'))),
        CONSTRAINT ck_identity_releases_withheld CHECK (
          (reader IS NULL) = (to_staff IS NULL) AND (epoch IS NULL) = (reader IS NULL)
          AND (wrapped IS NULL OR (reader IS NOT NULL AND state = 'asked'))),
        CONSTRAINT ck_identity_releases_second CHECK (
          (state = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL)
          AND (state = 'asked' OR (decided_by = asked_by) = (state = 'withdrawn'))
          AND decided_by <> to_staff AND asked_by <> to_staff),
        CONSTRAINT ck_identity_releases_told CHECK (
          (told_item IS NULL) = (told_on IS NULL) AND (told_by IS NULL) = (told_on IS NULL)
          AND (told_on IS NULL OR state = 'approved'))
      );
      CREATE INDEX ix_identity_releases_case_id ON identity_releases (case_id);
      CREATE INDEX ix_identity_releases_untold ON identity_releases (case_id) WHERE state = 'approved' AND told_on IS NULL;
      CREATE INDEX ix_identity_releases_asked_on_id ON identity_releases (asked_on, id);
      GRANT SELECT (id, case_id, ground, note_item, to_staff, reader, epoch, wrapped, consulted_on, not_practicable,
                    consent_item, asked_by, asked_on, state, decided_by, decided_on, told_item, told_by, told_on),
            INSERT, UPDATE (state, decided_by, decided_on, wrapped, told_item, told_by, told_on)
         ON identity_releases TO onedoor_web;
      ${secure('identity_releases')}
      CREATE POLICY web_sees ON identity_releases FOR SELECT TO onedoor_web USING (${HOLDS});
      CREATE POLICY web_asks ON identity_releases FOR INSERT TO onedoor_web
        WITH CHECK (${HOLDS} AND holds_name(case_id) AND asked_by = ${ME} AND state = 'asked' AND told_on IS NULL);
      -- Once told of, a release stands as it is.
      CREATE POLICY web_decides ON identity_releases FOR UPDATE TO onedoor_web
        USING (${HOLDS} AND holds_name(case_id) AND told_on IS NULL AND state IN ('asked', 'approved'))
        WITH CHECK (${HOLDS} AND (told_by = ${ME} OR (told_by IS NULL AND decided_by = ${ME})));
      ${GIVEN(`
          OR EXISTS (SELECT FROM identity_releases r JOIN staff_keys k ON k.staff_id = r.to_staff
                      WHERE r.case_id = of_case AND r.state = 'approved' AND k.kid = may_be_given_name.kid
                        AND k.retired_at IS NULL)`)}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${GIVEN('')}
      DROP TABLE identity_releases;
    `);
  }
}

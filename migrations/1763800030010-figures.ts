import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dropGroupRole, makeGroupRole } from './group-role.js';
import { secure } from './row-security.js';

/** Counts complaints, in the worker. */
const COUNTS = `(SELECT acting_system()) = 'figures'`;
const ROLES = ['onedoor_figures', 'onedoor_insight'] as const;

/* As in 1763800009030: one case, by its key. Of disclosures the counting role sees nothing at all. */
const OF_COMPLAINT = `EXISTS (SELECT FROM cases c WHERE c.id = case_id OFFSET 0)`;

/**
 * Figures of complaints: what waits to be counted, how each complaint stands in coarse steps, and how many there are in each
 * cell. Two roles: `onedoor_figures` counts, `onedoor_insight` reads cells and nothing else. Disclosures are left out at the
 * source: no role here sees one.
 */
export class Figures1763800030010 implements MigrationInterface {
  readonly name = 'Figures1763800030010';

  async up(runner: QueryRunner): Promise<void> {
    for (const role of ROLES) await makeGroupRole(runner, role);
    // Facts and cells change again and again: room on their pages, and no index of what changes, keeps each change on its page.
    await runner.query(`
      CREATE TABLE figure_events (
        id uuid NOT NULL,
        case_id uuid NOT NULL,
        -- What waits of one complaint lies together, and is counted together.
        CONSTRAINT pk_figure_events PRIMARY KEY (case_id, id)
      );
      CREATE TABLE figure_facts (
        case_id uuid CONSTRAINT pk_figure_facts PRIMARY KEY,
        record_key bigint NOT NULL CONSTRAINT ck_figure_facts_record_key CHECK (record_key BETWEEN 0 AND 4294967295),
        received_in date NOT NULL,
        first_agency text NOT NULL,
        agency_id text NOT NULL,
        topic text NOT NULL,
        channel text NOT NULL,
        stage text NOT NULL,
        acknowledged text NOT NULL,
        answered text NOT NULL,
        hand_offs text NOT NULL,
        came_back text NOT NULL,
        handed_on text[] NOT NULL,
        asked text[] NOT NULL,
        moved_in date,
        is_open boolean NOT NULL,
        closed_in date,
        closed_by text,
        outcome text,
        resolved text,
        kept_informed text,
        CONSTRAINT ck_figure_facts_closed CHECK ((closed_in IS NULL) = (closed_by IS NULL)
          AND (closed_in IS NULL) = (outcome IS NULL) AND (closed_in IS NULL) = (resolved IS NULL)
          AND (closed_in IS NULL) = (kept_informed IS NULL))
      ) WITH (fillfactor = 70);
      CREATE TABLE figure_cells (
        cube text NOT NULL,
        agency text NOT NULL,
        month date NOT NULL,
        code text NOT NULL,
        n bigint NOT NULL,
        keys bigint NOT NULL,
        -- Both ways to cells are answered by an index alone: those of a page lie on as many pages of the table as there are of them.
        CONSTRAINT pk_figure_cells PRIMARY KEY (cube, agency, month, code) INCLUDE (n, keys)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02);
      CREATE INDEX ix_figure_cells_month ON figure_cells (cube, month, agency, code) INCLUDE (n, keys);
      CREATE TABLE figure_states (
        id integer CONSTRAINT pk_figure_states PRIMARY KEY CONSTRAINT ck_figure_states_one CHECK (id = 1),
        version text NOT NULL,
        rebuilding_after uuid,
        rebuilding_of bigint,
        rebuilt bigint,
        differences integer NOT NULL DEFAULT 0,
        recounted_on date
      );
      -- The how manieth working day a day is, or the last one before it was.
      CREATE TABLE working_day_numbers (
        day date CONSTRAINT pk_working_day_numbers PRIMARY KEY,
        number integer NOT NULL
      );

      GRANT INSERT (id, case_id) ON figure_events TO onedoor_web, onedoor_worker;
      GRANT SELECT (id, case_id), DELETE ON figure_events TO onedoor_figures;
      GRANT SELECT (case_id, record_key, received_in, first_agency, agency_id, topic, channel, stage, acknowledged, answered,
                    hand_offs, came_back, handed_on, asked, moved_in, is_open, closed_in, closed_by, outcome, resolved,
                    kept_informed),
            INSERT, DELETE,
            UPDATE (record_key, received_in, first_agency, agency_id, topic, channel, stage, acknowledged, answered,
                    hand_offs, came_back, handed_on, asked, moved_in, is_open, closed_in, closed_by, outcome, resolved,
                    kept_informed)
        ON figure_facts TO onedoor_figures;
      GRANT SELECT (cube, agency, month, code, n, keys), INSERT, DELETE, UPDATE (n, keys) ON figure_cells TO onedoor_figures;
      GRANT SELECT (id, version, rebuilding_after, rebuilding_of, rebuilt, differences, recounted_on), INSERT,
            UPDATE (version, rebuilding_after, rebuilding_of, rebuilt, differences, recounted_on)
        ON figure_states TO onedoor_figures;
      GRANT SELECT (day, number), INSERT, UPDATE (number) ON working_day_numbers TO onedoor_figures;
      GRANT SELECT (cube, agency, month, code, n, keys) ON figure_cells TO onedoor_insight;
      GRANT SELECT (id, version, rebuilding_after, rebuilding_of, rebuilt, differences, recounted_on)
        ON figure_states TO onedoor_insight;
      GRANT SELECT (id) ON figure_events TO onedoor_auditor;
      GRANT SELECT (id, differences) ON figure_states TO onedoor_auditor;

      -- What is counted of a complaint: never its reference, who has it, or a word.
      GRANT SELECT (id, path, whole_id, agency_id, facets, status, outcome, lodged_on, closed_on) ON cases TO onedoor_figures;
      GRANT SELECT (case_id, kind, agency_id, happened_on, position) ON case_events TO onedoor_figures;
      GRANT SELECT (case_id, kind, round, due_on, met_on) ON clocks TO onedoor_figures;
      GRANT SELECT (case_id, number, from_agency, to_agency, state, proposed_on, accepted_on, ended_on)
        ON referrals TO onedoor_figures;
    `);
    await runner.query(secure('figure_events', 'figure_facts', 'figure_cells', 'figure_states', 'working_day_numbers'));
    await runner.query(`
      CREATE POLICY web ON figure_events FOR INSERT TO onedoor_web
        WITH CHECK (CASE (SELECT acting_kind()) WHEN 'public' THEN is_new(case_id) ELSE ${OF_COMPLAINT} END);
      CREATE POLICY worker ON figure_events FOR INSERT TO onedoor_worker WITH CHECK ((SELECT acting_kind()) = 'system');
      CREATE POLICY auditor ON figure_events FOR SELECT TO onedoor_auditor
        USING ((SELECT acting_system()) = 'metrics');
      CREATE POLICY auditor ON figure_states FOR SELECT TO onedoor_auditor
        USING ((SELECT acting_system()) = 'metrics');
      CREATE POLICY figures ON figure_events TO onedoor_figures USING (${COUNTS});
      CREATE POLICY figures ON figure_facts TO onedoor_figures USING (${COUNTS});
      CREATE POLICY figures ON figure_cells TO onedoor_figures USING (${COUNTS});
      CREATE POLICY figures ON figure_states TO onedoor_figures USING (${COUNTS});
      CREATE POLICY figures ON working_day_numbers TO onedoor_figures USING (${COUNTS});
      CREATE POLICY figures ON cases FOR SELECT TO onedoor_figures USING (path = 'complaint' AND ${COUNTS});
      CREATE POLICY figures ON case_events FOR SELECT TO onedoor_figures USING (${OF_COMPLAINT});
      CREATE POLICY figures ON clocks FOR SELECT TO onedoor_figures USING (kind = 'answer' AND ${COUNTS});
      CREATE POLICY figures ON referrals FOR SELECT TO onedoor_figures USING (${OF_COMPLAINT});

      -- The same sentences as in src/insight/figures.policy.ts: of all agencies to the operator's analysts, of their own and
      -- of all together to those who count or lead at an agency.
      CREATE FUNCTION reads_figures_of_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN acting_as('analyst', 'system_lead') AND NOT acting_as('admin', 'auditor')
               AND current_setting('onedoor.actor_operator', true) = 'on';
      CREATE FUNCTION reads_figures() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN (acting_as('analyst', 'lead') AND NOT acting_as('admin', 'auditor')) OR reads_figures_of_all();
      REVOKE EXECUTE ON FUNCTION reads_figures_of_all(), reads_figures() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION reads_figures_of_all(), reads_figures() TO onedoor_insight;
      CREATE POLICY insight ON figure_cells FOR SELECT TO onedoor_insight
        USING ((SELECT reads_figures_of_all())
               OR ((SELECT reads_figures()) AND agency IN ('*', (SELECT acting_agency()))));
      CREATE POLICY insight ON figure_states FOR SELECT TO onedoor_insight USING ((SELECT reads_figures()));

      -- What there is already is counted when a worker starts: no version is this one.
      INSERT INTO figure_states (id, version) VALUES (1, '');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY figures ON referrals;
      DROP POLICY figures ON clocks;
      DROP POLICY figures ON case_events;
      DROP POLICY figures ON cases;
      DROP TABLE figure_events, figure_facts, figure_cells, figure_states, working_day_numbers;
      DROP FUNCTION reads_figures();
      DROP FUNCTION reads_figures_of_all();
    `);
    for (const role of ROLES) {
      await runner.query(`
        REVOKE SELECT (id, path, whole_id, agency_id, facets, status, outcome, lodged_on, closed_on) ON cases FROM ${role};
        REVOKE SELECT (case_id, kind, agency_id, happened_on, position) ON case_events FROM ${role};
        REVOKE SELECT (case_id, kind, round, due_on, met_on) ON clocks FROM ${role};
        REVOKE SELECT (case_id, number, from_agency, to_agency, state, proposed_on, accepted_on, ended_on)
          ON referrals FROM ${role}`);
      await dropGroupRole(runner, role);
    }
  }
}

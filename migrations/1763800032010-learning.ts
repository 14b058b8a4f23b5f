import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

const OF_OWN = `agency_id = (SELECT acting_agency())`;
/* The same sentence as in src/insight/figures.policy.ts. */
const LEARNS = `(SELECT acting_as('lead', 'analyst')) AND NOT (SELECT acting_as('admin', 'auditor'))`;

/** What agencies changed because of what was complained about, and how people found it, as counts. */
export class Learning1763800032010 implements MigrationInterface {
  readonly name = 'Learning1763800032010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE learning_actions (
        id uuid CONSTRAINT pk_learning_actions PRIMARY KEY,
        agency_id text NOT NULL CONSTRAINT fk_learning_actions_agency_id REFERENCES agencies (id),
        topic text NOT NULL,
        kind text NOT NULL CONSTRAINT ck_learning_actions_kind
          CHECK (kind IN ('words_changed', 'steps_changed', 'rule_changed', 'people_trained', 'people_added', 'system_mended', 'other')),
        month date NOT NULL,
        made_by uuid NOT NULL,
        made_on date NOT NULL,
        CONSTRAINT uq_learning_actions_once UNIQUE (agency_id, month, topic, kind)
      );
      GRANT SELECT (id, agency_id, topic, kind, month, made_by, made_on),
            INSERT (id, agency_id, topic, kind, month, made_by, made_on), DELETE ON learning_actions TO onedoor_web;
      GRANT SELECT (id, agency_id, topic, kind, month) ON learning_actions TO onedoor_insight;
      ${secure('learning_actions')}
      CREATE POLICY web_sees ON learning_actions FOR SELECT TO onedoor_web USING (${OF_OWN} AND ${LEARNS});
      CREATE POLICY web_records ON learning_actions FOR INSERT TO onedoor_web
        WITH CHECK (${OF_OWN} AND made_by = (SELECT acting_staff()) AND ${LEARNS});
      CREATE POLICY web_takes_back ON learning_actions FOR DELETE TO onedoor_web USING (${OF_OWN} AND ${LEARNS});
      CREATE POLICY insight ON learning_actions FOR SELECT TO onedoor_insight
        USING ((SELECT reads_figures_of_all()) OR ((SELECT reads_figures()) AND ${OF_OWN}));

      -- How many gave which answer in a year that is over; nothing where they are so few that one of them could be known.
      CREATE FUNCTION rating_counts(of_year integer)
        RETURNS TABLE (question text, answer text, n integer) LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT q.question, q.answer, count(*)::integer
            FROM ratings r CROSS JOIN LATERAL (VALUES ('felt_safe', r.felt_safe), ('kept_informed', r.kept_informed),
                                                      ('would_do_again', r.would_do_again)) q (question, answer)
           WHERE r.year = of_year AND of_year < extract(year FROM now() AT TIME ZONE 'Pacific/Auckland')
             AND (SELECT reads_figures()) AND (SELECT count(*) FROM ratings a WHERE a.year = of_year) >= 100
           GROUP BY q.question, q.answer;
        END;
      REVOKE EXECUTE ON FUNCTION rating_counts(integer) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION rating_counts(integer) TO onedoor_insight;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION rating_counts(integer)');
    await runner.query('DROP TABLE learning_actions');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure } from './row-security.js';

const ANSWERS = (table: string, checks: boolean): string => `
  CREATE TABLE ${table} (
    id             uuid    NOT NULL CONSTRAINT pk_${table} PRIMARY KEY,
    year           integer NOT NULL,
    felt_safe      text    NOT NULL,
    kept_informed  text    NOT NULL,
    would_do_again text    NOT NULL
    ${checks ? ['felt_safe', 'kept_informed', 'would_do_again'].map((of) => `, CONSTRAINT ck_${table}_${of} CHECK (${of} IN ('yes', 'partly', 'no', 'not_said'))`).join('') : ''}
  );`;

/**
 * What people say of how it was for them. Between a case and an answer stands a token that was signed without being seen;
 * what was answered is reached by two functions alone: one puts it down, the other enters what has come in an order of no
 * meaning. Nobody reads it yet.
 */
export class Ratings1763800024010 implements MigrationInterface {
  readonly name = 'Ratings1763800024010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rating_tokens (
        case_id uuid  NOT NULL CONSTRAINT fk_rating_tokens_case_id REFERENCES cases (id),
        moment  text  NOT NULL CONSTRAINT ck_rating_tokens_moment
                               CHECK (moment IN ('acknowledged', 'answered', 'handed_on', 'closed')),
        blinded bytea NOT NULL,
        CONSTRAINT pk_rating_tokens PRIMARY KEY (case_id, moment)
      );
      CREATE TABLE rating_tokens_spent (token bytea NOT NULL CONSTRAINT pk_rating_tokens_spent PRIMARY KEY);
      ${ANSWERS('ratings_waiting', false)}
      ${ANSWERS('ratings', true)}
      ${secure('rating_tokens', 'rating_tokens_spent', 'ratings_waiting', 'ratings')}
      GRANT SELECT (case_id, moment, blinded), INSERT (case_id, moment, blinded) ON rating_tokens TO onedoor_web;
      CREATE POLICY web ON rating_tokens TO onedoor_web
        USING ((SELECT acting_kind()) = 'mailbox' AND case_id = (SELECT acting_case()));

      -- A token counts once: who sends it again changes nothing.
      CREATE FUNCTION put_rating(hash bytea, of_year integer, safe text, informed text, again text) RETURNS void
        LANGUAGE sql SECURITY DEFINER
        BEGIN ATOMIC
          SELECT pg_advisory_xact_lock(7263118205);
          -- All that wait are written anew in one go, so that neither their order nor their age tells which came last.
          WITH spent AS (
            INSERT INTO rating_tokens_spent (token) VALUES (hash) ON CONFLICT (token) DO NOTHING RETURNING token),
          waited AS (
            DELETE FROM ratings_waiting WHERE EXISTS (SELECT FROM spent)
            RETURNING year, felt_safe, kept_informed, would_do_again),
          all_now AS (SELECT of_year AS year, safe, informed, again FROM spent UNION ALL SELECT * FROM waited)
          INSERT INTO ratings_waiting (id, year, felt_safe, kept_informed, would_do_again)
          SELECT gen_random_uuid(), year, safe, informed, again FROM all_now ORDER BY random();
        END;
      -- Fewer than so many stay: entered one by one they would stand in the order in which people came.
      CREATE FUNCTION enter_ratings(fewest integer) RETURNS integer LANGUAGE sql SECURITY DEFINER
        BEGIN ATOMIC
          SELECT pg_advisory_xact_lock(7263118205);
          WITH due AS (
            DELETE FROM ratings_waiting WHERE (SELECT count(*) FROM ratings_waiting) >= fewest
            RETURNING year, felt_safe, kept_informed, would_do_again),
          entered AS (
            INSERT INTO ratings (id, year, felt_safe, kept_informed, would_do_again)
            SELECT gen_random_uuid(), year, felt_safe, kept_informed, would_do_again FROM due ORDER BY random()
            RETURNING id)
          SELECT count(*)::integer FROM entered;
        END;
      REVOKE EXECUTE ON FUNCTION put_rating(bytea, integer, text, text, text), enter_ratings(integer) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION put_rating(bytea, integer, text, text, text) TO onedoor_web;
      GRANT EXECUTE ON FUNCTION enter_ratings(integer) TO onedoor_worker;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION enter_ratings(integer);
      DROP FUNCTION put_rating(bytea, integer, text, text, text);
      DROP TABLE ratings, ratings_waiting, rating_tokens_spent, rating_tokens;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dropGroupRole, makeGroupRole } from './group-role.js';
import { secure } from './row-security.js';

const ROLE = 'onedoor_open_data';

/** Who draws complaints sees no disclosure, and who draws disclosures no complaint. */
const DRAWER = (dataset: string): string =>
  `CASE ${dataset} WHEN 'complaints' THEN 'figures' WHEN 'disclosures' THEN 'disclosure_figures' END`;
const DRAWS = `(SELECT acting_system()) = ${DRAWER('dataset')}`;
const DRAWS_DISCLOSURES = `(SELECT acting_system()) = 'disclosure_figures'`;
const PUBLISHES = `(SELECT acting_system()) = 'open_data'`;
const TENDS = `(SELECT reads_figures_of_all())`;

/* As in 1763800030010, of which this takes one thing back: disclosures, too, have referrals. */
const OF_COMPLAINT = `EXISTS (SELECT FROM cases c WHERE c.id = case_id OFFSET 0)`;

/** Most that one lodging can cost in a period, over all tables of a dataset. */
const CAP = (dataset: string): string =>
  `CASE ${dataset} WHEN 'complaints' THEN 2.0000 WHEN 'disclosures' THEN 1.0000 END`;

/**
 * What is published: releases and their files, the figures as they were once drawn, and the ledger of what drawing cost.
 *
 * `onedoor_figures` draws: it sees what is true and spends for what it draws. `onedoor_open_data` makes files of what was
 * drawn, and sees no case, no fact and no cell. No true count is stored beside what was drawn: the one tally there is, of kinds
 * of wrongdoing in a year, is deleted as that year is drawn.
 */
export class OpenData1763800031010 implements MigrationInterface {
  readonly name = 'OpenData1763800031010';

  async up(runner: QueryRunner): Promise<void> {
    await makeGroupRole(runner, ROLE);
    await this.#tables(runner);
    await this.#kept(runner);
    await this.#spending(runner);
    await this.#rights(runner);
  }

  async #tables(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE open_data_releases (
        id           uuid NOT NULL CONSTRAINT pk_open_data_releases PRIMARY KEY,
        dataset      text NOT NULL CONSTRAINT ck_open_data_releases_dataset CHECK (dataset IN ('complaints', 'disclosures')),
        period       text NOT NULL,
        number       integer,
        state        text NOT NULL CONSTRAINT ck_open_data_releases_state
                       CHECK (state IN ('prepared', 'approved', 'drawn', 'published', 'withdrawn')),
        prepared_by  uuid NOT NULL CONSTRAINT fk_open_data_releases_prepared_by REFERENCES staff (id),
        prepared_on  date NOT NULL,
        approved_by  uuid CONSTRAINT fk_open_data_releases_approved_by REFERENCES staff (id),
        approved_on  date,
        published_on date,
        CONSTRAINT uq_open_data_releases_number UNIQUE (dataset, period, number),
        CONSTRAINT ck_open_data_releases_period
          CHECK (period ~ CASE dataset WHEN 'complaints' THEN '^20[0-9]{2}-Q[1-4]$' ELSE '^20[0-9]{2}$' END),
        -- What was withdrawn has no number, so that those of what was published have no gap.
        CONSTRAINT ck_open_data_releases_number CHECK ((state = 'withdrawn') = (number IS NULL) AND number > 0),
        CONSTRAINT ck_open_data_releases_two_people CHECK (
          approved_by <> prepared_by AND (approved_by IS NULL) = (approved_on IS NULL)
          AND (approved_by IS NULL) = (state IN ('prepared', 'withdrawn'))),
        CONSTRAINT ck_open_data_releases_published CHECK ((state = 'published') = (published_on IS NOT NULL))
      );
      CREATE UNIQUE INDEX uq_open_data_releases_under_way ON open_data_releases (dataset, period)
        WHERE (state IN ('prepared', 'approved', 'drawn'));
      CREATE INDEX ix_open_data_releases_listed ON open_data_releases (prepared_on, id);

      CREATE TABLE privacy_budgets (
        dataset text NOT NULL,
        period  text NOT NULL,
        cap     numeric(6, 4) NOT NULL,
        spent   numeric(6, 4) NOT NULL DEFAULT 0,
        CONSTRAINT pk_privacy_budgets PRIMARY KEY (dataset, period),
        CONSTRAINT ck_privacy_budgets_cap CHECK (cap = ${CAP('dataset')}),
        CONSTRAINT ck_privacy_budgets_spent CHECK (spent >= 0 AND spent <= cap)
      );
      CREATE TABLE privacy_ledger (
        dataset    text NOT NULL,
        period     text NOT NULL,
        table_name text NOT NULL,
        draw       integer NOT NULL CONSTRAINT ck_privacy_ledger_draw CHECK (draw > 0),
        -- How many were drawn for it: one that is lost or added later shows.
        cells      integer NOT NULL CONSTRAINT ck_privacy_ledger_cells CHECK (cells > 0),
        epsilon    numeric(6, 4) NOT NULL CONSTRAINT ck_privacy_ledger_epsilon CHECK (epsilon > 0),
        spent_on   date NOT NULL,
        CONSTRAINT pk_privacy_ledger PRIMARY KEY (dataset, period, table_name, draw),
        CONSTRAINT fk_privacy_ledger_budget FOREIGN KEY (dataset, period) REFERENCES privacy_budgets (dataset, period)
      );
      CREATE TABLE open_data_draws (
        dataset    text NOT NULL,
        period     text NOT NULL,
        table_name text NOT NULL,
        draw       integer NOT NULL,
        codes      text[] NOT NULL,
        value      integer NOT NULL,
        CONSTRAINT pk_open_data_draws PRIMARY KEY (dataset, period, table_name, draw, codes),
        CONSTRAINT fk_open_data_draws_ledger FOREIGN KEY (dataset, period, table_name, draw)
          REFERENCES privacy_ledger (dataset, period, table_name, draw)
      );
      CREATE TABLE open_data_files (
        release_id uuid NOT NULL CONSTRAINT fk_open_data_files_release_id REFERENCES open_data_releases (id),
        name       text NOT NULL,
        media_type text NOT NULL,
        bytes      integer NOT NULL,
        sha256     text NOT NULL,
        body       bytea NOT NULL,
        CONSTRAINT pk_open_data_files PRIMARY KEY (release_id, name),
        CONSTRAINT ck_open_data_files_body CHECK (bytes = octet_length(body) AND sha256 = encode(sha256(body), 'hex'))
      );
      -- How often which kind was told at the first closing of a disclosure: no case, no agency, no day. Until its year is drawn.
      CREATE TABLE disclosure_kinds (
        year integer NOT NULL,
        kind text NOT NULL CONSTRAINT ck_disclosure_kinds_kind
               CHECK (kind IN ('offence', 'risk', 'law', 'money', 'conduct', 'not-stated')),
        n    integer NOT NULL,
        CONSTRAINT pk_disclosure_kinds PRIMARY KEY (year, kind)
      );
    `);
    await runner.query(
      secure(
        'open_data_releases',
        'privacy_budgets',
        'privacy_ledger',
        'open_data_draws',
        'open_data_files',
        'disclosure_kinds',
      ),
    );
  }

  /** For the owner of the tables too: what went out, what was drawn and what it cost stays as it is. */
  async #kept(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION keep_open_data() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
          RAISE EXCEPTION 'what was drawn, spent or published never changes';
        END $$;
      ${['privacy_ledger', 'open_data_draws', 'open_data_files'].map(keptAsItIs).join('\n')}
      CREATE TRIGGER keep_open_data BEFORE DELETE OR TRUNCATE ON privacy_budgets
        FOR EACH STATEMENT EXECUTE FUNCTION keep_open_data();
      CREATE TRIGGER keep_open_data BEFORE DELETE OR TRUNCATE ON open_data_releases
        FOR EACH STATEMENT EXECUTE FUNCTION keep_open_data();

      CREATE FUNCTION keep_privacy_budget() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
          IF NEW.spent <= OLD.spent OR (NEW.dataset, NEW.period, NEW.cap) IS DISTINCT FROM (OLD.dataset, OLD.period, OLD.cap) THEN
            RAISE EXCEPTION 'what was spent stays spent';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER keep_privacy_budget BEFORE UPDATE ON privacy_budgets
        FOR EACH ROW EXECUTE FUNCTION keep_privacy_budget();

      CREATE FUNCTION keep_open_data_release() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
          IF (OLD.state, NEW.state) NOT IN (('prepared', 'approved'), ('prepared', 'withdrawn'), ('approved', 'drawn'), ('drawn', 'published'))
             OR (NEW.id, NEW.dataset, NEW.period, NEW.prepared_by, NEW.prepared_on)
                IS DISTINCT FROM (OLD.id, OLD.dataset, OLD.period, OLD.prepared_by, OLD.prepared_on)
             OR (NEW.state <> 'withdrawn' AND NEW.number IS DISTINCT FROM OLD.number)
             OR (OLD.state <> 'prepared' AND (NEW.approved_by, NEW.approved_on) IS DISTINCT FROM (OLD.approved_by, OLD.approved_on)) THEN
            RAISE EXCEPTION 'a release goes on from one step to the next, and never back';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER keep_open_data_release BEFORE UPDATE ON open_data_releases
        FOR EACH ROW EXECUTE FUNCTION keep_open_data_release();
      REVOKE EXECUTE ON FUNCTION keep_open_data(), keep_privacy_budget(), keep_open_data_release() FROM PUBLIC;
    `);
  }

  /** Whatever comes into the ledger is taken off the budget, by whoever it comes; a budget that is used up refuses it. */
  async #spending(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Every name with its schema: this runs as the owner, whatever the path of who calls.
      CREATE FUNCTION charge_privacy_budget() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
          INSERT INTO public.privacy_budgets AS b (dataset, period, cap, spent)
          VALUES (NEW.dataset, NEW.period, ${CAP('NEW.dataset')}, NEW.epsilon)
          ON CONFLICT (dataset, period) DO UPDATE SET spent = b.spent + excluded.spent;
          RETURN NEW;
        END $$;
      CREATE TRIGGER charge_privacy_budget BEFORE INSERT ON privacy_ledger
        FOR EACH ROW EXECUTE FUNCTION charge_privacy_budget();

      -- The one way into the ledger. Who draws something else than this dataset spends nothing, and can store no draw.
      CREATE FUNCTION spend_epsilon(
        of_dataset text, of_period text, of_table text, of_draw integer, of_cells integer, loss numeric, on_day date)
        RETURNS void LANGUAGE sql SECURITY DEFINER
        BEGIN ATOMIC
          INSERT INTO privacy_ledger (dataset, period, table_name, draw, cells, epsilon, spent_on)
          SELECT of_dataset, of_period, of_table, of_draw, of_cells, loss, on_day WHERE acting_system() = ${DRAWER('of_dataset')};
        END;
      CREATE FUNCTION tell_disclosure_kind(of_year integer, of_kind text) RETURNS void LANGUAGE sql SECURITY DEFINER
        BEGIN ATOMIC
          INSERT INTO disclosure_kinds AS k (year, kind, n)
          SELECT of_year, of_kind, 1 WHERE reads_disclosures()
          ON CONFLICT (year, kind) DO UPDATE SET n = k.n + 1;
        END;
      REVOKE EXECUTE ON FUNCTION charge_privacy_budget(), spend_epsilon(text, text, text, integer, integer, numeric, date),
                                 tell_disclosure_kind(integer, text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION spend_epsilon(text, text, text, integer, integer, numeric, date) TO onedoor_figures;
      GRANT EXECUTE ON FUNCTION tell_disclosure_kind(integer, text) TO onedoor_web;
    `);
  }

  async #rights(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Releases are tended by those who see the figures of all agencies.
      GRANT EXECUTE ON FUNCTION reads_figures_of_all() TO onedoor_web;

      GRANT SELECT (id, dataset, period, number, state, prepared_by, prepared_on, approved_by, approved_on, published_on),
            INSERT, UPDATE (number, state, approved_by, approved_on) ON open_data_releases TO onedoor_web;
      GRANT SELECT (release_id, name, media_type, bytes, sha256, body) ON open_data_files TO onedoor_web;
      CREATE POLICY web_sees ON open_data_releases FOR SELECT TO onedoor_web USING (state = 'published' OR ${TENDS});
      CREATE POLICY web_prepares ON open_data_releases FOR INSERT TO onedoor_web
        WITH CHECK (${TENDS} AND state = 'prepared' AND prepared_by = (SELECT acting_staff()));
      CREATE POLICY web_decides ON open_data_releases FOR UPDATE TO onedoor_web
        USING (${TENDS} AND state = 'prepared')
        WITH CHECK (${TENDS} AND (state = 'withdrawn' OR (state = 'approved' AND approved_by = (SELECT acting_staff()))));
      CREATE POLICY web ON open_data_files FOR SELECT TO onedoor_web
        USING (EXISTS (SELECT FROM open_data_releases r WHERE r.id = release_id AND r.state = 'published'));

      GRANT SELECT (id, dataset, period, state), UPDATE (state) ON open_data_releases TO onedoor_figures;
      GRANT SELECT (dataset, period, table_name, draw) ON privacy_ledger TO onedoor_figures;
      GRANT INSERT ON open_data_draws TO onedoor_figures;
      GRANT SELECT (year, kind, n), DELETE ON disclosure_kinds TO onedoor_figures;
      GRANT SELECT (case_id, round, number, kind, taken_on, expected_on, actions) ON disclosure_steps TO onedoor_figures;
      CREATE POLICY figures ON open_data_releases FOR SELECT TO onedoor_figures USING (${DRAWS});
      CREATE POLICY figures_drawn ON open_data_releases FOR UPDATE TO onedoor_figures
        USING (${DRAWS} AND state = 'approved') WITH CHECK (${DRAWS} AND state = 'drawn');
      CREATE POLICY figures ON privacy_ledger FOR SELECT TO onedoor_figures USING (${DRAWS});
      CREATE POLICY figures ON open_data_draws FOR INSERT TO onedoor_figures WITH CHECK (${DRAWS});
      -- Of disclosures: when they came and ended, and their steps; not who has them handed on, and no complaint beside.
      CREATE POLICY disclosure_figures ON disclosure_kinds FOR SELECT TO onedoor_figures USING (${DRAWS_DISCLOSURES});
      -- Nothing is deleted of a year that was not drawn.
      CREATE POLICY disclosure_figures_drawn ON disclosure_kinds FOR DELETE TO onedoor_figures
        USING (${DRAWS_DISCLOSURES} AND EXISTS (
          SELECT FROM privacy_ledger l WHERE l.dataset = 'disclosures' AND l.period = year::text));
      CREATE POLICY disclosure_figures ON cases FOR SELECT TO onedoor_figures
        USING (path = 'disclosure' AND ${DRAWS_DISCLOSURES});
      CREATE POLICY disclosure_figures ON clocks FOR SELECT TO onedoor_figures
        USING (kind = 's13' AND ${DRAWS_DISCLOSURES});
      CREATE POLICY disclosure_figures ON disclosure_steps FOR SELECT TO onedoor_figures USING (${DRAWS_DISCLOSURES});
      ALTER POLICY figures ON referrals USING ((SELECT acting_system()) = 'figures' AND ${OF_COMPLAINT});

      GRANT SELECT (id, dataset, period, number, state), UPDATE (state, published_on) ON open_data_releases TO ${ROLE};
      GRANT SELECT (dataset, period, table_name, draw, codes, value) ON open_data_draws TO ${ROLE};
      GRANT SELECT (dataset, period, table_name, draw, cells) ON privacy_ledger TO ${ROLE};
      GRANT INSERT ON open_data_files TO ${ROLE};
      CREATE POLICY open_data ON open_data_releases FOR SELECT TO ${ROLE} USING (${PUBLISHES});
      CREATE POLICY open_data_published ON open_data_releases FOR UPDATE TO ${ROLE}
        USING (${PUBLISHES} AND state = 'drawn') WITH CHECK (${PUBLISHES} AND state = 'published');
      CREATE POLICY open_data ON open_data_draws FOR SELECT TO ${ROLE} USING (${PUBLISHES});
      CREATE POLICY open_data ON privacy_ledger FOR SELECT TO ${ROLE} USING (${PUBLISHES});
      CREATE POLICY open_data ON open_data_files FOR INSERT TO ${ROLE}
        WITH CHECK (${PUBLISHES} AND EXISTS (
          SELECT FROM open_data_releases r WHERE r.id = release_id AND r.state = 'drawn'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER POLICY figures ON referrals USING (${OF_COMPLAINT});
      DROP POLICY disclosure_figures ON disclosure_steps;
      DROP POLICY disclosure_figures ON clocks;
      DROP POLICY disclosure_figures ON cases;
      REVOKE SELECT (case_id, round, number, kind, taken_on, expected_on, actions) ON disclosure_steps FROM onedoor_figures;
      DROP FUNCTION tell_disclosure_kind(integer, text);
      DROP FUNCTION spend_epsilon(text, text, text, integer, integer, numeric, date);
      DROP TABLE disclosure_kinds, open_data_files, open_data_draws, privacy_ledger, privacy_budgets, open_data_releases;
      REVOKE EXECUTE ON FUNCTION reads_figures_of_all() FROM onedoor_web;
      DROP FUNCTION charge_privacy_budget();
      DROP FUNCTION keep_open_data_release();
      DROP FUNCTION keep_privacy_budget();
      DROP FUNCTION keep_open_data();
    `);
    await dropGroupRole(runner, ROLE);
  }
}

function keptAsItIs(table: string): string {
  return `CREATE TRIGGER keep_open_data BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
            FOR EACH STATEMENT EXECUTE FUNCTION keep_open_data();`;
}

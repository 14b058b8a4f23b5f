import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Warm referrals: who proposes what to whom, what the person agreed to, and the grants withheld until then. */
export class Referrals1763790000010 implements MigrationInterface {
  readonly name = 'Referrals1763790000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE referrals (
        id uuid CONSTRAINT pk_referrals PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_referrals_case_id REFERENCES cases (id),
        number integer NOT NULL,
        from_agency text NOT NULL CONSTRAINT fk_referrals_from_agency REFERENCES agencies (id),
        to_agency text NOT NULL CONSTRAINT fk_referrals_to_agency REFERENCES agencies (id),
        reason text NOT NULL,
        share_identity boolean NOT NULL,
        state text NOT NULL,
        proposed_by uuid NOT NULL,
        proposed_on date NOT NULL,
        recipient_consulted_on date,
        consulted_on date,
        consent text,
        ground text,
        grounded_by uuid,
        accepted_by uuid,
        accepted_on date,
        declined_reason text,
        ended_on date,
        retold boolean NOT NULL DEFAULT false,
        CONSTRAINT uq_referrals_case_id_number UNIQUE (case_id, number),
        CONSTRAINT ck_referrals_state CHECK (state IN ('held', 'proposed', 'consulted', 'grant_again', 'granted', 'opened',
                                                       'declined', 'refused', 'withdrawn', 'stopped')),
        CONSTRAINT ck_referrals_elsewhere CHECK (from_agency <> to_agency),
        -- Nobody decides on a case before the person agreed, or a ground without that is on record.
        CONSTRAINT ck_referrals_consulted CHECK (state NOT IN ('consulted', 'granted', 'opened')
                                                 OR consent IS NOT NULL OR ground IS NOT NULL),
        CONSTRAINT ck_referrals_accepted CHECK (state NOT IN ('granted', 'opened') OR accepted_by IS NOT NULL),
        CONSTRAINT ck_referrals_ended CHECK ((state IN ('opened', 'declined', 'refused', 'withdrawn', 'stopped'))
                                             = (ended_on IS NOT NULL))
      );
      -- One at a time: two proposals could otherwise both be accepted.
      CREATE UNIQUE INDEX uq_referrals_under_way ON referrals (case_id)
        WHERE state IN ('held', 'proposed', 'consulted', 'grant_again', 'granted');
      CREATE INDEX ix_referrals_coming ON referrals (to_agency, proposed_on, id) WHERE state IN ('consulted', 'granted');
      CREATE INDEX ix_referrals_going ON referrals (from_agency, proposed_on, id)
        WHERE state IN ('held', 'proposed', 'consulted', 'grant_again', 'granted');

      CREATE TABLE referral_grants (
        referral_id uuid NOT NULL CONSTRAINT fk_referral_grants_referral_id REFERENCES referrals (id),
        key text NOT NULL,
        epoch integer NOT NULL,
        reader text NOT NULL,
        wrapped bytea NOT NULL,
        CONSTRAINT pk_referral_grants PRIMARY KEY (referral_id, key, epoch, reader),
        CONSTRAINT ck_referral_grants_key CHECK (key IN ('case', 'identity'))
      );

      CREATE TABLE lead_reviews (
        id uuid CONSTRAINT pk_lead_reviews PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_lead_reviews_case_id REFERENCES cases (id),
        referral_id uuid CONSTRAINT fk_lead_reviews_referral_id REFERENCES referrals (id),
        why text NOT NULL,
        opened_on date NOT NULL,
        decision text,
        advised_agency text,
        decided_by uuid,
        decided_on date,
        CONSTRAINT ck_lead_reviews_why CHECK (why IN ('two_hand_offs', 'return', 'not_placed')),
        CONSTRAINT ck_lead_reviews_decision CHECK (decision IN ('noted', 'go_on', 'stay', 'elsewhere')),
        CONSTRAINT ck_lead_reviews_decided CHECK ((decision IS NULL) = (decided_on IS NULL))
      );
      CREATE INDEX ix_lead_reviews_open ON lead_reviews (opened_on, id) WHERE decided_on IS NULL;
      CREATE INDEX ix_lead_reviews_case_id ON lead_reviews (case_id);

      ALTER TABLE case_epochs DROP CONSTRAINT ck_case_epochs_key,
        ADD CONSTRAINT ck_case_epochs_key CHECK (key IN ('case', 'identity', 'desk', 'referral'));
      ALTER TABLE case_items DROP CONSTRAINT ck_case_items_kind,
        ADD CONSTRAINT ck_case_items_kind
          CHECK (kind IN ('statement', 'identity', 'message', 'reply', 'note', 'referral'));

      -- A step is that of the agency which took it, also once the case is elsewhere.
      ALTER TABLE case_events ADD COLUMN agency_id text;
      UPDATE case_events e SET agency_id = c.agency_id FROM cases c WHERE c.id = e.case_id;
      ALTER TABLE case_events ALTER COLUMN agency_id SET NOT NULL;

      -- Each agency that has had the case had a clock of its own.
      ALTER TABLE clocks ADD COLUMN round integer NOT NULL DEFAULT 0, ADD COLUMN stopped_on date,
        DROP CONSTRAINT pk_clocks, ADD CONSTRAINT pk_clocks PRIMARY KEY (case_id, kind, round);

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, case_id, number, from_agency, to_agency, reason, share_identity, state, proposed_by, proposed_on,
                    recipient_consulted_on, consulted_on, consent, ground, grounded_by, accepted_by, accepted_on,
                    declined_reason, ended_on, retold),
            INSERT,
            UPDATE (number, state, consulted_on, consent, ground, grounded_by, accepted_by, accepted_on, declined_reason, ended_on,
                    retold) ON referrals TO onedoor_app;
      GRANT SELECT (referral_id, key, epoch, reader, wrapped), INSERT, DELETE ON referral_grants TO onedoor_app;
      -- Only grants that were given in a referral and called back before the receiver opened them.
      GRANT DELETE ON case_grants TO onedoor_app;
      GRANT SELECT (id, case_id, referral_id, why, opened_on, decision, advised_agency, decided_by, decided_on),
            INSERT (id, case_id, referral_id, why, opened_on),
            UPDATE (decision, advised_agency, decided_by, decided_on) ON lead_reviews TO onedoor_app;
      GRANT SELECT (agency_id) ON case_events TO onedoor_app;
      GRANT SELECT (round, stopped_on), UPDATE (stopped_on) ON clocks TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE clocks DROP CONSTRAINT pk_clocks;
      DELETE FROM clocks WHERE round > 0;
      ALTER TABLE clocks DROP COLUMN round, DROP COLUMN stopped_on,
        ADD CONSTRAINT pk_clocks PRIMARY KEY (case_id, kind);
      ALTER TABLE case_events DROP COLUMN agency_id;
      DELETE FROM case_items WHERE kind = 'referral';
      DELETE FROM case_grants WHERE key = 'referral';
      DELETE FROM case_epochs WHERE key = 'referral';
      ALTER TABLE case_items DROP CONSTRAINT ck_case_items_kind,
        ADD CONSTRAINT ck_case_items_kind CHECK (kind IN ('statement', 'identity', 'message', 'reply', 'note'));
      ALTER TABLE case_epochs DROP CONSTRAINT ck_case_epochs_key,
        ADD CONSTRAINT ck_case_epochs_key CHECK (key IN ('case', 'identity', 'desk'));
      REVOKE DELETE ON case_grants FROM onedoor_app;
      DROP TABLE lead_reviews, referral_grants, referrals;
    `);
  }
}

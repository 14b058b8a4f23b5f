import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record: cases, their sealed items, grants and epochs, the timeline, the person's mailbox, the disposal keys. */
export class Cases1763780000050 implements MigrationInterface {
  readonly name = 'Cases1763780000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cases (
        id uuid CONSTRAINT pk_cases PRIMARY KEY,
        reference text NOT NULL CONSTRAINT uq_cases_reference UNIQUE,
        agency_id text NOT NULL CONSTRAINT fk_cases_agency_id REFERENCES agencies (id),
        path text NOT NULL,
        delivery text NOT NULL,
        facets jsonb,
        ruleset text NOT NULL,
        rules text[] NOT NULL,
        decided_for text,
        chosen text,
        sealed_where text NOT NULL,
        status text NOT NULL,
        lodged_on date NOT NULL,
        acknowledged_on date,
        assigned_to uuid,
        CONSTRAINT ck_cases_path CHECK (path IN ('complaint', 'disclosure')),
        CONSTRAINT ck_cases_delivery CHECK (delivery IN ('direct', 'triage_desk')),
        CONSTRAINT ck_cases_status CHECK (status IN ('lodged', 'placed', 'acknowledged', 'closed')),
        CONSTRAINT ck_cases_sealed_where CHECK (sealed_where IN ('browser', 'arrival')),
        CONSTRAINT ck_cases_facets CHECK (path = 'complaint' OR facets IS NULL),
        CONSTRAINT ck_cases_rules CHECK (path = 'complaint' OR rules = '{}'),
        CONSTRAINT ck_cases_decision CHECK (path = 'complaint' OR (decided_for IS NULL AND chosen IS NULL))
      );
      CREATE INDEX ix_cases_inbox ON cases (agency_id, path, lodged_on, id);

      CREATE TABLE case_epochs (
        case_id uuid NOT NULL CONSTRAINT fk_case_epochs_case_id REFERENCES cases (id),
        key text NOT NULL,
        epoch integer NOT NULL,
        record text NOT NULL,
        CONSTRAINT pk_case_epochs PRIMARY KEY (case_id, key, epoch),
        CONSTRAINT ck_case_epochs_key CHECK (key IN ('case', 'identity', 'desk'))
      );

      CREATE TABLE case_grants (
        case_id uuid NOT NULL,
        key text NOT NULL,
        epoch integer NOT NULL,
        reader text NOT NULL,
        wrapped bytea NOT NULL,
        CONSTRAINT pk_case_grants PRIMARY KEY (case_id, key, epoch, reader),
        CONSTRAINT fk_case_grants_epoch FOREIGN KEY (case_id, key, epoch) REFERENCES case_epochs (case_id, key, epoch)
      );
      CREATE INDEX ix_case_grants_reader ON case_grants (reader, case_id);

      CREATE TABLE case_items (
        id uuid CONSTRAINT pk_case_items PRIMARY KEY,
        case_id uuid NOT NULL,
        key text NOT NULL,
        epoch integer NOT NULL,
        kind text NOT NULL,
        author text NOT NULL,
        staff_id uuid,
        jwe text NOT NULL,
        made_on date NOT NULL,
        position integer NOT NULL,
        -- Within the case, and not over all: that would order what a reporter did between acts whose hour is known.
        CONSTRAINT uq_case_items_case_id_position UNIQUE (case_id, position),
        CONSTRAINT fk_case_items_epoch FOREIGN KEY (case_id, key, epoch) REFERENCES case_epochs (case_id, key, epoch),
        CONSTRAINT ck_case_items_kind CHECK (kind IN ('statement', 'identity', 'message', 'reply', 'note')),
        CONSTRAINT ck_case_items_author CHECK (author IN ('person', 'agency'))
      );

      CREATE TABLE case_events (
        id uuid CONSTRAINT pk_case_events PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_case_events_case_id REFERENCES cases (id),
        kind text NOT NULL,
        happened_on date NOT NULL,
        position integer NOT NULL,
        CONSTRAINT uq_case_events_case_id_position UNIQUE (case_id, position)
      );

      CREATE TABLE mailboxes (
        case_id uuid CONSTRAINT pk_mailboxes PRIMARY KEY CONSTRAINT fk_mailboxes_case_id REFERENCES cases (id),
        id_hash bytea NOT NULL CONSTRAINT uq_mailboxes_id_hash UNIQUE,
        agreement_jwk jsonb NOT NULL,
        signing_jwk jsonb NOT NULL,
        sealed_private text NOT NULL,
        notify_sealed text
      );

      CREATE SCHEMA disposal;
      CREATE TABLE disposal.keys (
        case_id uuid CONSTRAINT pk_disposal_keys PRIMARY KEY,
        key bytea NOT NULL
      );

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, reference, agency_id, path, delivery, facets, ruleset, rules, decided_for, chosen, sealed_where,
                    status, lodged_on, acknowledged_on, assigned_to),
            INSERT, UPDATE (agency_id, delivery, status, acknowledged_on, assigned_to) ON cases TO onedoor_app;
      GRANT SELECT (case_id, key, epoch, record), INSERT ON case_epochs TO onedoor_app;
      GRANT SELECT (case_id, key, epoch, reader, wrapped), INSERT ON case_grants TO onedoor_app;
      GRANT SELECT (id, case_id, key, epoch, kind, author, staff_id, jwe, made_on, position), INSERT
        ON case_items TO onedoor_app;
      GRANT SELECT (id, case_id, kind, happened_on, position), INSERT ON case_events TO onedoor_app;
      GRANT SELECT (case_id, id_hash, agreement_jwk, signing_jwk, sealed_private, notify_sealed), INSERT,
            UPDATE (notify_sealed) ON mailboxes TO onedoor_app;
      GRANT USAGE ON SCHEMA disposal TO onedoor_app;
      GRANT SELECT (case_id, key), INSERT ON disposal.keys TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP SCHEMA disposal CASCADE;
      DROP TABLE mailboxes, case_events, case_items, case_grants, case_epochs, cases;
    `);
  }
}

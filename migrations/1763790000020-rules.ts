import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The register of rulesets that two people published, and officers' corrections of where the rules sent complaints. */
export class Rules1763790000020 implements MigrationInterface {
  readonly name = 'Rules1763790000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ruleset_publications (
        version text CONSTRAINT pk_ruleset_publications PRIMARY KEY,
        sha256 text NOT NULL,
        from_on date NOT NULL,
        proposed_by uuid NOT NULL,
        proposed_on date NOT NULL,
        approved_by uuid,
        approved_at timestamptz(3),
        CONSTRAINT ck_ruleset_publications_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        CONSTRAINT ck_ruleset_publications_two_people CHECK (approved_by <> proposed_by),
        CONSTRAINT ck_ruleset_publications_approved CHECK ((approved_by IS NULL) = (approved_at IS NULL))
      );

      -- Past decisions rest on what is published, so it stays, whoever asks; and it is approved as it was proposed.
      CREATE FUNCTION keep_ruleset_publication() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.approved_by IS NOT NULL THEN
          RAISE EXCEPTION 'a published ruleset never changes';
        END IF;
        IF TG_OP = 'DELETE' THEN
          RETURN OLD;
        END IF;
        IF NEW.approved_by IS NOT NULL
           AND (NEW.version, NEW.sha256, NEW.from_on, NEW.proposed_by, NEW.proposed_on)
               IS DISTINCT FROM (OLD.version, OLD.sha256, OLD.from_on, OLD.proposed_by, OLD.proposed_on) THEN
          RAISE EXCEPTION 'a ruleset is approved as it was proposed';
        END IF;
        RETURN NEW;
      END $$;
      REVOKE EXECUTE ON FUNCTION keep_ruleset_publication() FROM PUBLIC;
      CREATE TRIGGER keep_ruleset_publication BEFORE UPDATE OR DELETE ON ruleset_publications
        FOR EACH ROW EXECUTE FUNCTION keep_ruleset_publication();

      CREATE TABLE routing_corrections (
        case_id uuid NOT NULL CONSTRAINT fk_routing_corrections_case_id REFERENCES cases (id),
        made_by uuid NOT NULL,
        ruleset text NOT NULL,
        rule text,
        decided_for text,
        should_be text NOT NULL,
        why text NOT NULL,
        made_on date NOT NULL,
        CONSTRAINT pk_routing_corrections PRIMARY KEY (case_id, made_by),
        CONSTRAINT ck_routing_corrections_why CHECK (why IN ('outside_powers', 'other_body_first', 'concerns_the_receiver',
                                                             'answers_do_not_fit', 'directory_wrong', 'other'))
      );
      CREATE INDEX ix_routing_corrections_made_on ON routing_corrections (made_on);

      -- Nobody proposes and approves in one step: an approval is always a change of what somebody proposed before.
      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (version, sha256, from_on, proposed_by, proposed_on, approved_by, approved_at),
            INSERT (version, sha256, from_on, proposed_by, proposed_on),
            UPDATE (sha256, from_on, proposed_by, proposed_on, approved_by, approved_at)
        ON ruleset_publications TO onedoor_app;
      GRANT SELECT (case_id, made_by, ruleset, rule, decided_for, should_be, why, made_on), INSERT,
            UPDATE (should_be, why, made_on) ON routing_corrections TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE routing_corrections, ruleset_publications;
      DROP FUNCTION keep_ruleset_publication();
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The public log of keys: its entries, its signed heads, and what witnesses signed over them. Nothing is ever changed. */
export class KeyLog1763800004001 implements MigrationInterface {
  readonly name = 'KeyLog1763800004001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_log_entries (
        position bigint CONSTRAINT pk_key_log_entries PRIMARY KEY,
        entry text NOT NULL,
        -- What the entry says, to be found by.
        agency_id text NOT NULL,
        use text NOT NULL,
        kid text NOT NULL,
        act text NOT NULL
      );
      CREATE INDEX ix_key_log_entries_kid_use_position ON key_log_entries (kid, use, position);

      CREATE TABLE key_log_heads (
        number bigint CONSTRAINT pk_key_log_heads PRIMARY KEY,
        size bigint NOT NULL,
        head text NOT NULL,
        signed_at timestamptz(0) NOT NULL
      );

      CREATE TABLE key_log_cosignatures (
        head bigint NOT NULL CONSTRAINT fk_key_log_cosignatures_head REFERENCES key_log_heads (number),
        witness text NOT NULL,
        cosignature text NOT NULL,
        CONSTRAINT pk_key_log_cosignatures PRIMARY KEY (head, witness)
      );

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (position, entry, agency_id, use, kid, act), INSERT ON key_log_entries TO onedoor_app;
      GRANT SELECT (number, size, head, signed_at), INSERT ON key_log_heads TO onedoor_app;
      GRANT SELECT (head, witness, cosignature), INSERT ON key_log_cosignatures TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE key_log_cosignatures, key_log_heads, key_log_entries`);
  }
}

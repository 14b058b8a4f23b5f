import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is due on a case, and by which law or promise. */
export class Clocks1763780000070 implements MigrationInterface {
  readonly name = 'Clocks1763780000070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE clocks (
        case_id uuid NOT NULL,
        kind text NOT NULL,
        basis text NOT NULL,
        started_on date NOT NULL,
        due_on date NOT NULL,
        met_on date,
        CONSTRAINT pk_clocks PRIMARY KEY (case_id, kind),
        CONSTRAINT ck_clocks_basis CHECK (basis IN ('our_aim', 'published_standard', 'pda_s13'))
      );
      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (case_id, kind, basis, started_on, due_on, met_on), INSERT, UPDATE (met_on)
        ON clocks TO onedoor_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE clocks`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** On which days the discloser and the receiver were consulted before a disclosure was referred outside this service (s 16). */
export class ConsultedBeforeReferring1763800029010 implements MigrationInterface {
  readonly name = 'ConsultedBeforeReferring1763800029010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Neither where it was recorded before both were asked for: a step that was taken is never changed.
      ALTER TABLE disclosure_steps
        ADD COLUMN discloser_consulted_on date,
        ADD COLUMN recipient_consulted_on date,
        ADD CONSTRAINT ck_disclosure_steps_consulted CHECK (
          (discloser_consulted_on IS NULL) = (recipient_consulted_on IS NULL)
          AND (recipient_consulted_on IS NULL OR coalesce('referring' = ANY (actions), false)));
      GRANT SELECT (discloser_consulted_on, recipient_consulted_on) ON disclosure_steps TO onedoor_web;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE disclosure_steps DROP COLUMN discloser_consulted_on, DROP COLUMN recipient_consulted_on;
    `);
  }
}

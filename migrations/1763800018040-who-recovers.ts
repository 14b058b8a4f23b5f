import type { MigrationInterface, QueryRunner } from 'typeorm';

const ON_PAPER = (who: string): string => `
  CREATE OR REPLACE FUNCTION is_on_paper(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
      SELECT reads_disclosures() AND EXISTS (
        SELECT FROM cases c
          JOIN case_grants g ON g.case_id = c.id
          JOIN recovery_keys k ON k.kid = g.reader AND k.purpose = 'disclosures' AND k.agency_id = c.agency_id
          JOIN recoveries r ON r.kid = k.kid AND r.confirmed_at > now() - interval '24 hours'${who}
         WHERE c.id = of_case AND c.agency_id = acting_agency() AND c.path = 'disclosure'
           AND NOT is_walled(c.id, c.whole_id));
    END`;

/** What is granted again from paper is open to the two who agreed to it, and to no colleague who came later. */
export class WhoRecovers1763800018040 implements MigrationInterface {
  readonly name = 'WhoRecovers1763800018040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ON_PAPER(' AND acting_staff() IN (r.asked_by, r.confirmed_by)'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ON_PAPER(''));
  }
}

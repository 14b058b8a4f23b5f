import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which disclosures an officer can open and a colleague cannot yet; and no grant to who is kept out, whoever makes it. */
export class Joining1763800018030 implements MigrationInterface {
  readonly name = 'Joining1763800018030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of the actor's own disclosures those whose newest key, or newest desk key, is granted to the actor and not to a
      -- colleague who reads disclosures at the same agency: to this one, or to any. Never one that either of the two is kept
      -- out of. As the owner: see the rows of cases. What a colleague has is fetched once, not asked for case by case.
      CREATE FUNCTION not_granted(to_colleague uuid DEFAULT NULL) RETURNS TABLE (staff_id uuid, case_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          WITH own AS MATERIALIZED (
            SELECT g.case_id, g.key, g.epoch
              FROM staff_keys k
              JOIN case_grants g ON g.reader = k.kid AND g.key IN ('case', 'desk')
              JOIN cases c ON c.id = g.case_id AND c.agency_id = acting_agency() AND c.path = 'disclosure'
              JOIN disposal.keys d ON d.case_id = c.id
             WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL AND reads_disclosures()
               AND NOT EXISTS (SELECT FROM case_epochs e
                                WHERE e.case_id = g.case_id AND e.key = g.key AND e.epoch > g.epoch))
          SELECT DISTINCT p.id, c.id
            FROM staff p
            JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
           CROSS JOIN LATERAL (
             SELECT o.case_id, o.key, o.epoch FROM own o
             EXCEPT SELECT g.case_id, g.key, g.epoch FROM case_grants g WHERE g.reader = k.kid) w
            JOIN own o ON o.case_id = w.case_id AND o.key = 'case'
            JOIN cases c ON c.id = w.case_id
           WHERE p.agency_id = acting_agency() AND p.id <> acting_staff() AND (to_colleague IS NULL OR p.id = to_colleague)
             AND p.active AND 'disclosure_officer' = ANY (p.roles)
             AND NOT EXISTS (SELECT FROM case_walls n WHERE n.case_id = coalesce(c.whole_id, c.id) AND n.lifted_on IS NULL
                                AND n.staff_id IN (p.id, acting_staff()));
        END;
      CREATE FUNCTION is_reader_kept_out(of_case uuid, kid text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM cases c
                           JOIN case_walls w ON w.case_id = coalesce(c.whole_id, c.id) AND w.lifted_on IS NULL
                           JOIN staff_keys k ON k.staff_id = w.staff_id
                          WHERE c.id = of_case AND k.kid = is_reader_kept_out.kid);
        END;
      REVOKE EXECUTE ON FUNCTION not_granted(uuid), is_reader_kept_out(uuid, text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION not_granted(uuid), is_reader_kept_out(uuid, text) TO onedoor_web;

      -- Beside what lets somebody grant. Whoever lodges grants in the very statement that sets the walls.
      CREATE POLICY web_keeps_out ON case_grants AS RESTRICTIVE FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_kind()) = 'public' OR NOT is_reader_kept_out(case_id, reader));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY web_keeps_out ON case_grants;
      DROP FUNCTION is_reader_kept_out(uuid, text);
      DROP FUNCTION not_granted(uuid);
    `);
  }
}

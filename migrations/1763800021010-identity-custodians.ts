import type { MigrationInterface, QueryRunner } from 'typeorm';

const READERS = (more: string): string => `
  CREATE VIEW disclosure_readers WITH (security_barrier) AS
    SELECT p.agency_id, k.kid, k.jwk, p.published_as${more}
      FROM staff p JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
     WHERE p.active AND 'disclosure_officer' = ANY (p.roles);
  GRANT SELECT ON disclosure_readers TO onedoor_web, onedoor_worker;`;

/* As in 1763800018030-joining.ts; of names, those of a colleague who keeps names. */
const NOT_GRANTED = (keys: string, forThem: string): string => `
  CREATE OR REPLACE FUNCTION not_granted(to_colleague uuid DEFAULT NULL) RETURNS TABLE (staff_id uuid, case_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
      WITH own AS MATERIALIZED (
        SELECT g.case_id, g.key, g.epoch
          FROM staff_keys k
          JOIN case_grants g ON g.reader = k.kid AND g.key IN (${keys})
          JOIN cases c ON c.id = g.case_id AND c.agency_id = acting_agency() AND c.path = 'disclosure'
          JOIN disposal.keys d ON d.case_id = c.id
         WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL AND reads_disclosures()
           AND NOT EXISTS (SELECT FROM case_epochs e
                            WHERE e.case_id = g.case_id AND e.key = g.key AND e.epoch > g.epoch))
      SELECT DISTINCT p.id, c.id
        FROM staff p
        JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
       CROSS JOIN LATERAL (
         SELECT o.case_id, o.key, o.epoch FROM own o${forThem}
         EXCEPT SELECT g.case_id, g.key, g.epoch FROM case_grants g WHERE g.reader = k.kid) w
        JOIN own o ON o.case_id = w.case_id AND o.key = 'case'
        JOIN cases c ON c.id = w.case_id
       WHERE p.agency_id = acting_agency() AND p.id <> acting_staff() AND (to_colleague IS NULL OR p.id = to_colleague)
         AND p.active AND 'disclosure_officer' = ANY (p.roles)
         AND NOT EXISTS (SELECT FROM case_walls n WHERE n.case_id = coalesce(c.whole_id, c.id) AND n.lifted_on IS NULL
                            AND n.staff_id IN (p.id, acting_staff()));
    END;`;

/** Some of those who read disclosures keep the names of who wrote them, and nobody else is given one. */
export class IdentityCustodians1763800021010 implements MigrationInterface {
  readonly name = 'IdentityCustodians1763800021010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP VIEW disclosure_readers;
      ${READERS(`, 'identity_custodian' = ANY (p.roles) AS custodian`)}
      ${NOT_GRANTED(`'case', 'desk', 'identity'`, ` WHERE o.key <> 'identity' OR 'identity_custodian' = ANY (p.roles)`)}

      -- Whether the key of a name may be granted to somebody's key: of a complaint as before; of a disclosure to who keeps
      -- names at its agency, to who held it before under an older key, and from paper where it was granted to paper.
      CREATE FUNCTION may_be_given_name(of_case uuid, kid text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM cases c WHERE c.id = of_case AND c.path = 'complaint')
              OR EXISTS (SELECT FROM staff_keys k JOIN staff p ON p.id = k.staff_id JOIN cases c ON c.agency_id = p.agency_id
                          WHERE c.id = of_case AND k.kid = may_be_given_name.kid AND p.active
                            AND '{disclosure_officer,identity_custodian}' <@ p.roles)
              OR EXISTS (SELECT FROM staff_keys k JOIN staff_keys o ON o.staff_id = k.staff_id AND o.purpose = 'agreement'
                           JOIN case_grants g ON g.reader = o.kid AND g.case_id = of_case AND g.key = 'identity'
                          WHERE k.kid = may_be_given_name.kid)
              OR (is_on_paper(of_case) AND EXISTS (
                   SELECT FROM case_grants g JOIN recovery_keys r ON r.kid = g.reader
                    WHERE g.case_id = of_case AND g.key = 'identity'));
        END;
      -- Whether the key of a disclosure's name is granted to the actor. A complaint's is the agency's.
      CREATE FUNCTION holds_name(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM cases c WHERE c.id = of_case AND c.path = 'complaint')
              OR (reads_disclosures() AND EXISTS (
                   SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid
                    WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL
                      AND g.case_id = of_case AND g.key = 'identity'));
        END;
      REVOKE EXECUTE ON FUNCTION may_be_given_name(uuid, text), holds_name(uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION may_be_given_name(uuid, text), holds_name(uuid) TO onedoor_web;

      -- Beside what lets somebody grant, or see. Whoever lodges names the readers themself.
      CREATE POLICY web_keeps_names ON case_grants AS RESTRICTIVE FOR INSERT TO onedoor_web
        WITH CHECK (key <> 'identity' OR (SELECT acting_kind()) = 'public' OR may_be_given_name(case_id, reader));
      CREATE POLICY web_keeps_names ON case_items AS RESTRICTIVE FOR SELECT TO onedoor_web
        USING (key <> 'identity' OR (SELECT acting_kind()) <> 'staff' OR holds_name(case_id));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY web_keeps_names ON case_items;
      DROP POLICY web_keeps_names ON case_grants;
      DROP FUNCTION holds_name(uuid);
      DROP FUNCTION may_be_given_name(uuid, text);
      ${NOT_GRANTED(`'case', 'desk'`, '')}
      DROP VIEW disclosure_readers;
      ${READERS('')}
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/* As in 1763800021020-identity-releases.ts. */
const READS = `EXISTS (SELECT FROM cases c WHERE c.id = case_id AND c.agency_id = (SELECT acting_agency())
                          AND c.path = 'disclosure' OFFSET 0)`;
const ME = '(SELECT acting_staff())';

/* As in 1763800021010-identity-custodians.ts; of names, those that the actor still keeps, or that were released to them. */
const NOT_GRANTED = (kept: string): string => `
  CREATE OR REPLACE FUNCTION not_granted(to_colleague uuid DEFAULT NULL) RETURNS TABLE (staff_id uuid, case_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
      WITH own AS MATERIALIZED (
        SELECT g.case_id, g.key, g.epoch
          FROM staff_keys k
          JOIN case_grants g ON g.reader = k.kid AND g.key IN ('case', 'desk', 'identity')
          JOIN cases c ON c.id = g.case_id AND c.agency_id = acting_agency() AND c.path = 'disclosure'
          JOIN disposal.keys d ON d.case_id = c.id
         WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL AND reads_disclosures()${kept}
           AND NOT EXISTS (SELECT FROM case_epochs e
                            WHERE e.case_id = g.case_id AND e.key = g.key AND e.epoch > g.epoch))
      SELECT DISTINCT p.id, c.id
        FROM staff p
        JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
       CROSS JOIN LATERAL (
         SELECT o.case_id, o.key, o.epoch FROM own o WHERE o.key <> 'identity' OR 'identity_custodian' = ANY (p.roles)
         EXCEPT SELECT g.case_id, g.key, g.epoch FROM case_grants g WHERE g.reader = k.kid) w
        JOIN own o ON o.case_id = w.case_id AND o.key = 'case'
        JOIN cases c ON c.id = w.case_id
       WHERE p.agency_id = acting_agency() AND p.id <> acting_staff() AND (to_colleague IS NULL OR p.id = to_colleague)
         AND p.active AND 'disclosure_officer' = ANY (p.roles)
         AND NOT EXISTS (SELECT FROM case_walls n WHERE n.case_id = coalesce(c.whole_id, c.id) AND n.lifted_on IS NULL
                            AND n.staff_id IN (p.id, acting_staff()));
    END;`;

const HOLDS_NAME = (standing: string): string => `
  CREATE OR REPLACE FUNCTION holds_name(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
      SELECT EXISTS (SELECT FROM cases c WHERE c.id = of_case AND c.path = 'complaint')
          OR (reads_disclosures() AND EXISTS (
               SELECT FROM staff_keys k JOIN case_grants g ON g.reader = k.kid
                WHERE k.staff_id = acting_staff() AND k.purpose = 'agreement' AND k.retired_at IS NULL
                  AND g.case_id = of_case AND g.key = 'identity')${standing});
    END;`;

const SECOND = (toWhom: string): string => `
  ALTER TABLE identity_releases DROP CONSTRAINT ck_identity_releases_second,
    ADD CONSTRAINT ck_identity_releases_second CHECK (
      (state = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL)
      AND (state = 'asked' OR (decided_by = asked_by) = (state = 'withdrawn'))
      AND ${toWhom} AND asked_by <> to_staff);`;

/**
 * What releases nothing may be done by any reader of a disclosure, so that it does not lie open for ever once nobody keeps its
 * name: to tell the person, to decline, to take back. And a name is handed out to who keeps it now, whoever kept it once.
 */
export class WhoTellsOfReleases1763800027020 implements MigrationInterface {
  readonly name = 'WhoTellsOfReleases1763800027020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Whether the person named fewer readers of the name than of the words, when they lodged it: see identity/name-standing.ts.
      CREATE FUNCTION is_name_apart(of_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          WITH readers AS (
            SELECT e.key, convert_from(decode(rpad(p.said, (length(p.said) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb -> 'readers' AS kids
              FROM case_epochs e, translate(split_part(e.record, '.', 2), '-_', '+/') AS p (said)
             WHERE e.case_id = of_case AND e.epoch = 1 AND e.key IN ('case', 'identity'))
          SELECT NOT coalesce((SELECT n.kids @> w.kids FROM readers n, readers w WHERE n.key = 'identity' AND w.key = 'case'), false);
        END;
      -- As it was before the statement that asks.
      CREATE FUNCTION was_released(release uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC
          SELECT EXISTS (SELECT FROM identity_releases r WHERE r.id = release AND r.state = 'approved');
        END;
      REVOKE EXECUTE ON FUNCTION is_name_apart(uuid), was_released(uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION was_released(uuid) TO onedoor_web;
      ${HOLDS_NAME(`
             AND (acting_as('identity_custodian') OR NOT is_name_apart(of_case) OR EXISTS (
                   SELECT FROM identity_releases r
                    WHERE r.case_id = of_case AND r.to_staff = acting_staff() AND r.state = 'approved'))`)}
      ${NOT_GRANTED(`
           AND (g.key <> 'identity' OR acting_as('identity_custodian') OR holds_name(g.case_id))`)}
      ${SECOND(`(decided_by <> to_staff OR state = 'declined')`)}
      DROP POLICY web_decides ON identity_releases;
      CREATE POLICY web_decides ON identity_releases FOR UPDATE TO onedoor_web
        USING (${READS} AND told_on IS NULL AND state IN ('asked', 'approved'))
        WITH CHECK (${READS} AND CASE
          WHEN told_by IS NOT NULL THEN told_by = ${ME} AND was_released(id)
          ELSE decided_by = ${ME} AND NOT was_released(id) AND (state <> 'approved' OR holds_name(case_id)) END);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP POLICY web_decides ON identity_releases;
      CREATE POLICY web_decides ON identity_releases FOR UPDATE TO onedoor_web
        USING (${READS} AND holds_name(case_id) AND told_on IS NULL AND state IN ('asked', 'approved'))
        WITH CHECK (${READS} AND (told_by = ${ME} OR (told_by IS NULL AND decided_by = ${ME})));
      ${SECOND('decided_by <> to_staff')}
      ${NOT_GRANTED('')}
      ${HOLDS_NAME('')}
      DROP FUNCTION was_released(uuid), is_name_apart(uuid);
    `);
  }
}

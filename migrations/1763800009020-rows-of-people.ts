import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure, unsecure } from './row-security.js';

const TABLES = [
  'agencies',
  'agency_keys',
  'agency_key_grants',
  'staff',
  'staff_keys',
  'staff_authenticators',
  'staff_sealed_keys',
  'staff_used_challenges',
  'staff_sessions',
  'staff_invitations',
  'staff_identities',
  'recovery_keys',
  'recovery_proofs',
  'recovery_grants',
  'recovery_drills',
  'account_recoveries',
  'delegations',
  'role_changes',
  'key_log_entries',
  'key_log_heads',
  'key_log_cosignatures',
] as const;

const SYSTEM = `(SELECT acting_kind()) = 'system'`;
const HERE = `agency_id = (SELECT acting_agency())`;
const MINE = `staff_id = (SELECT acting_staff())`;
const ADMIN = `(SELECT acting_as('admin'))`;

/**
 * Whose rows the tables of agencies and their people are. Somebody sees the people of their own agency, and of keys and
 * sessions their own. Signing in, which comes before anybody is known, sees all.
 */
export class RowsOfPeople1763800009020 implements MigrationInterface {
  readonly name = 'RowsOfPeople1763800009020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(secure(...TABLES));
    await runner.query(`
      -- Which agencies take part, and to whose public keys is sealed, is for everybody who lodges. No name is among it.
      CREATE VIEW disclosure_readers WITH (security_barrier) AS
        SELECT p.agency_id, k.kid, k.jwk
          FROM staff p JOIN staff_keys k ON k.staff_id = p.id AND k.purpose = 'agreement' AND k.retired_at IS NULL
         WHERE p.active AND 'disclosure_officer' = ANY (p.roles);
      GRANT SELECT ON disclosure_readers TO onedoor_web, onedoor_worker;

      -- For who has an id, from a row that they see. The name of who wrote or accepted is for staff alone.
      CREATE FUNCTION agency_of_staff(person uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT p.agency_id FROM staff p WHERE p.id = person; END;
      CREATE FUNCTION name_of_staff(person uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT p.display_name FROM staff p WHERE p.id = person AND acting_kind() = 'staff'; END;
      CREATE FUNCTION has_people(agency text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT EXISTS (SELECT FROM staff p WHERE p.agency_id = agency AND p.active); END;
      REVOKE EXECUTE ON FUNCTION agency_of_staff(uuid), name_of_staff(uuid), has_people(text) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION agency_of_staff(uuid), name_of_staff(uuid), has_people(text) TO onedoor_web;

      CREATE POLICY web_sees ON agencies FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY web_connects ON agencies FOR INSERT TO onedoor_web WITH CHECK (${SYSTEM} OR (SELECT operates()));
      CREATE POLICY web_changes ON agencies FOR UPDATE TO onedoor_web
        USING (${SYSTEM} OR (SELECT operates()) OR id = (SELECT acting_agency()));
      CREATE POLICY worker ON agencies FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY publisher ON agencies FOR SELECT TO onedoor_publisher USING (true);

      CREATE POLICY web_sees ON agency_keys FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY web_makes ON agency_keys FOR INSERT TO onedoor_web WITH CHECK (${HERE});
      CREATE POLICY web_retires ON agency_keys FOR UPDATE TO onedoor_web USING (${HERE});
      CREATE POLICY worker ON agency_keys FOR SELECT TO onedoor_worker USING (${SYSTEM});

      CREATE POLICY worker ON agency_key_grants FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY web ON agency_key_grants TO onedoor_web
        USING (${SYSTEM} OR EXISTS (SELECT FROM agency_keys k WHERE k.kid = agency_key_grants.kid AND k.${HERE}));

      CREATE POLICY web_sees ON staff FOR SELECT TO onedoor_web USING (${HERE} OR ${SYSTEM});
      CREATE POLICY worker ON staff FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY web_joins ON staff FOR INSERT TO onedoor_web WITH CHECK (${SYSTEM});
      CREATE POLICY web_changes ON staff FOR UPDATE TO onedoor_web
        USING (${SYSTEM} OR id = (SELECT acting_staff()) OR (${ADMIN} AND ${HERE}));

      CREATE POLICY web_sees ON staff_keys FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY web_makes ON staff_keys FOR INSERT TO onedoor_web WITH CHECK (${SYSTEM} OR ${MINE});
      CREATE POLICY web_retires ON staff_keys FOR UPDATE TO onedoor_web
        USING (${SYSTEM} OR ${MINE} OR (${ADMIN} AND agency_of_staff(staff_id) = (SELECT acting_agency())));
      CREATE POLICY worker ON staff_keys FOR SELECT TO onedoor_worker USING (${SYSTEM});

      CREATE POLICY web ON staff_authenticators TO onedoor_web USING (${SYSTEM} OR ${MINE});
      CREATE POLICY web ON staff_sealed_keys TO onedoor_web
        USING (${SYSTEM} OR EXISTS (SELECT FROM staff_authenticators a
                                     WHERE a.id = staff_sealed_keys.authenticator_id AND a.${MINE}));
      CREATE POLICY web ON staff_used_challenges TO onedoor_web USING ((SELECT acting_kind()) IN ('system', 'staff'));
      CREATE POLICY worker ON staff_used_challenges TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
      GRANT SELECT (challenge_hash, expires_at), DELETE ON staff_used_challenges TO onedoor_worker;

      CREATE POLICY web ON staff_sessions TO onedoor_web
        USING (${SYSTEM} OR ${MINE} OR (${ADMIN} AND agency_of_staff(staff_id) = (SELECT acting_agency())));
      CREATE POLICY worker ON staff_sessions TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');

      CREATE POLICY web ON account_recoveries TO onedoor_web USING (${SYSTEM} OR ${HERE});
      CREATE POLICY worker ON account_recoveries TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
      GRANT SELECT (id, expires_at), DELETE ON account_recoveries TO onedoor_worker;

      CREATE POLICY web_sees ON delegations FOR SELECT TO onedoor_web
        USING (${SYSTEM} OR agency_of_staff(from_id) = (SELECT acting_agency()));
      CREATE POLICY web_lends ON delegations FOR INSERT TO onedoor_web WITH CHECK (from_id = (SELECT acting_staff()));
      CREATE POLICY web_ends ON delegations FOR UPDATE TO onedoor_web
        USING (agency_of_staff(from_id) = (SELECT acting_agency()));
      CREATE POLICY web ON role_changes TO onedoor_web
        USING (${ADMIN} AND agency_of_staff(staff_id) = (SELECT acting_agency()));

      -- The log of keys is published whole; its keeper reads every key there is, and writes down what it has not yet.
      CREATE POLICY web ON key_log_entries FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY web ON key_log_heads FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY web ON key_log_cosignatures FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY worker ON key_log_entries FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY worker ON key_log_heads FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY worker ON key_log_cosignatures FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY publisher ON key_log_entries TO onedoor_publisher USING (${SYSTEM});
      CREATE POLICY publisher ON key_log_heads TO onedoor_publisher USING (${SYSTEM});
      CREATE POLICY publisher ON key_log_cosignatures TO onedoor_publisher USING (${SYSTEM});
      CREATE POLICY publisher ON agency_keys FOR SELECT TO onedoor_publisher USING (${SYSTEM});
      CREATE POLICY publisher ON staff_keys FOR SELECT TO onedoor_publisher USING (${SYSTEM});
      CREATE POLICY publisher ON staff FOR SELECT TO onedoor_publisher USING (${SYSTEM});
      CREATE POLICY publisher ON recovery_keys FOR SELECT TO onedoor_publisher USING (${SYSTEM});
      REVOKE INSERT ON key_log_entries, key_log_heads, key_log_cosignatures FROM onedoor_web;
      GRANT SELECT (position, entry, agency_id, use, kid, act), INSERT ON key_log_entries TO onedoor_publisher;
      GRANT SELECT (number, size, head, signed_at), INSERT ON key_log_heads TO onedoor_publisher;
      GRANT SELECT (head, witness, cosignature), INSERT ON key_log_cosignatures TO onedoor_publisher;
      GRANT SELECT (position, agency_id, use, kid, act) ON key_log_entries TO onedoor_worker;
      GRANT SELECT (number, size) ON key_log_heads TO onedoor_worker;
      GRANT SELECT (head, witness) ON key_log_cosignatures TO onedoor_worker;
      GRANT SELECT (kid, agency_id, purpose, retired_at) ON agency_keys TO onedoor_publisher;
      GRANT SELECT (kid, staff_id, purpose, retired_at) ON staff_keys TO onedoor_publisher;
      GRANT SELECT (id, agency_id, roles, active) ON staff TO onedoor_publisher;
      GRANT SELECT (kid, agency_id, purpose, proven_on, retired_at) ON recovery_keys TO onedoor_publisher;

      CREATE POLICY web ON staff_identities TO onedoor_web USING (${SYSTEM} OR ${MINE});

      CREATE POLICY web_sees ON recovery_keys FOR SELECT TO onedoor_web USING (true);
      CREATE POLICY web_makes ON recovery_keys FOR INSERT TO onedoor_web WITH CHECK (${HERE});
      CREATE POLICY web_changes ON recovery_keys FOR UPDATE TO onedoor_web USING (${HERE});
      CREATE POLICY worker ON recovery_keys FOR SELECT TO onedoor_worker USING (${SYSTEM});
      GRANT SELECT (kid, agency_id, purpose, jwk, proven_on, drilled_on, retired_at) ON recovery_keys TO onedoor_worker;
      CREATE POLICY web ON recovery_proofs TO onedoor_web
        USING (EXISTS (SELECT FROM recovery_keys r WHERE r.kid = recovery_proofs.kid AND r.${HERE}));
      CREATE POLICY web ON recovery_drills TO onedoor_web
        USING (EXISTS (SELECT FROM recovery_keys r WHERE r.kid = recovery_drills.kid AND r.${HERE}));
      CREATE POLICY web ON recovery_grants TO onedoor_web
        USING (EXISTS (SELECT FROM agency_keys k WHERE k.kid = recovery_grants.kid AND k.${HERE}));

      CREATE POLICY web ON staff_invitations TO onedoor_web
        USING (${SYSTEM} OR (SELECT operates()) OR (${ADMIN} AND ${HERE}));
      CREATE POLICY worker ON staff_invitations TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(unsecure(...TABLES));
    await runner.query(`
      REVOKE ALL ON account_recoveries, staff_used_challenges, recovery_keys, key_log_entries, key_log_heads, key_log_cosignatures
        FROM onedoor_worker;
      REVOKE ALL ON agency_keys, staff_keys, staff, recovery_keys, key_log_entries, key_log_heads, key_log_cosignatures
        FROM onedoor_publisher;
      GRANT INSERT ON key_log_entries, key_log_heads, key_log_cosignatures TO onedoor_web;
      DROP FUNCTION has_people(text), name_of_staff(uuid), agency_of_staff(uuid);
      DROP VIEW disclosure_readers;
    `);
  }
}

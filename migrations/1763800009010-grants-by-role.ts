import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each role may do to which columns. What nobody is granted here, nobody has. */
export class GrantsByRole1763800009010 implements MigrationInterface {
  readonly name = 'GrantsByRole1763800009010';

  async up(runner: QueryRunner): Promise<void> {
    // People work through the web: it has what the one role of all had, but for what only workers do.
    await runner.query(copyGrants(['onedoor_app'], 'onedoor_web'));
    await runner.query(`
      REVOKE SELECT, DELETE ON audit_entries, audit_pending FROM onedoor_web;
      REVOKE ALL ON audit_leaves, audit_heads, audit_nodes, reminders FROM onedoor_web;
      REVOKE INSERT ON audit_days FROM onedoor_web;
      REVOKE DELETE ON outbox FROM onedoor_web;
      REVOKE INSERT, UPDATE ON notices FROM onedoor_web;
      -- Whoever looks after the queues must not learn of which cases there is work.
      REVOKE SELECT (case_id) ON outbox, notices FROM onedoor_web;
      REVOKE SELECT (case_id, item_id) ON webhook_calls FROM onedoor_web;

      -- A worker places cases, tells people and agencies, keeps clocks and queues, and sweeps. Of words it hands on what is
      -- sealed, to the systems of agencies.
      GRANT SELECT (id, notice_email, open_for_intake, publishes) ON agencies TO onedoor_worker;
      GRANT SELECT (kid, agency_id, purpose, epoch, jwk, made_on, retired_at) ON agency_keys TO onedoor_worker;
      GRANT SELECT (kid, staff_id, purpose, jwk, retired_at) ON staff_keys TO onedoor_worker;
      GRANT SELECT (token_hash, expires_at), DELETE ON staff_sessions, staff_invitations TO onedoor_worker;
      GRANT SELECT (id, reference, agency_id, path, delivery, facets, ruleset, rules, decided_for, chosen, sealed_where, status,
                    lodged_on, acknowledged_on, assigned_to, whole_id, part_number, outcome, closed_on),
            UPDATE (status, assigned_to) ON cases TO onedoor_worker;
      GRANT SELECT (id, agency_id, display_name, roles, active) ON staff TO onedoor_worker;
      GRANT SELECT (kid, staff_id) ON agency_key_grants TO onedoor_worker;
      GRANT SELECT (case_id, key, epoch, record) ON case_epochs TO onedoor_worker;
      GRANT SELECT (case_id, key, epoch, reader, wrapped) ON case_grants TO onedoor_worker;
      GRANT SELECT (id, case_id, key, epoch, kind, author, staff_id, jwe, made_on, position) ON case_items TO onedoor_worker;
      GRANT SELECT (case_id, key) ON disposal.keys TO onedoor_worker;
      GRANT USAGE ON SCHEMA disposal TO onedoor_web, onedoor_worker;
      GRANT SELECT (id, case_id, kind, happened_on, position, agency_id), INSERT ON case_events TO onedoor_worker;
      GRANT SELECT (case_id, agreement_jwk, signing_jwk, notify_sealed) ON mailboxes TO onedoor_worker;
      GRANT SELECT (id, case_id, number, from_agency, to_agency, state, consent) ON referrals TO onedoor_worker;
      GRANT SELECT (id, case_id, why, decided_on), INSERT (id, case_id, referral_id, why, opened_on)
        ON lead_reviews TO onedoor_worker;
      GRANT SELECT (case_id, kind, basis, started_on, due_on, met_on, round, stopped_on), INSERT ON clocks TO onedoor_worker;
      GRANT SELECT (id, case_id, agency_id, to_whom, state, attempts, sent_on), INSERT, UPDATE (state, attempts, sent_on)
        ON notices TO onedoor_worker;
      GRANT SELECT (id, agency_id, day, due_soon, overdue), INSERT ON reminders TO onedoor_worker;
      GRANT SELECT (id, queue, name, case_id, due_at, relayed_at, attempts, dead_at, error_code),
            INSERT (id, queue, name, case_id, due_at), UPDATE (due_at, relayed_at, attempts, dead_at, error_code), DELETE
        ON outbox TO onedoor_worker;
      GRANT SELECT (queue, paused_by, paused_on) ON queue_pauses TO onedoor_worker;
      GRANT SELECT (agency_id, url, active, failures, error_code, last_delivered_on),
            UPDATE (active, failures, error_code, last_delivered_on) ON webhook_endpoints TO onedoor_worker;
      GRANT SELECT (id, agency_id, event, case_id, item_id), INSERT, DELETE ON webhook_calls TO onedoor_worker;
      GRANT SELECT (id, action, actor_kind, actor_id, agency_id, case_id, subject, happened_at, happened_on), INSERT
        ON audit_entries TO onedoor_worker;
      GRANT SELECT (entry_id, night_of), INSERT, DELETE ON audit_pending TO onedoor_worker;
      GRANT SELECT (position, entry_id, leaf_hash), INSERT ON audit_leaves TO onedoor_worker;
      GRANT SELECT (size, root, edge, signed_at, signature), INSERT ON audit_heads TO onedoor_worker;
      GRANT SELECT (level, place, hash), INSERT ON audit_nodes TO onedoor_worker;
      GRANT SELECT (position, day, size, root, nonce, leaf_hash, consistency, signature), INSERT
        ON audit_days TO onedoor_worker;
      GRANT SELECT (key_hash, expires_at), DELETE ON idempotency_keys TO onedoor_worker;
      GRANT SELECT (id_hash, expires_at), DELETE ON sealed_sessions TO onedoor_worker;

      -- What goes out about many cases is worked out without the reference, the handler or a word of any.
      GRANT SELECT (version, sha256, from_on, approved_by, approved_at) ON ruleset_publications TO onedoor_publisher;
      GRANT SELECT (id, agency_id, path, facets, ruleset, rules, decided_for, chosen, lodged_on) ON cases TO onedoor_publisher;
      GRANT SELECT (id) ON agencies TO onedoor_publisher;
      GRANT SELECT (case_id, accepted_by) ON referrals TO onedoor_publisher;
      GRANT SELECT (ruleset, rule, decided_for, should_be, why, made_on) ON routing_corrections TO onedoor_publisher;

      -- An auditor reads the log and how much work waits, and changes nothing.
      GRANT SELECT (id, action, actor_kind, actor_id, agency_id, case_id, subject, happened_at, happened_on)
        ON audit_entries TO onedoor_auditor;
      GRANT SELECT (entry_id, night_of) ON audit_pending TO onedoor_auditor;
      GRANT SELECT (position, entry_id, leaf_hash) ON audit_leaves TO onedoor_auditor;
      GRANT SELECT (size, root, edge, signed_at, signature) ON audit_heads TO onedoor_auditor;
      GRANT SELECT (level, place, hash) ON audit_nodes TO onedoor_auditor;
      GRANT SELECT (position, day, size, root, nonce, leaf_hash, consistency, signature) ON audit_days TO onedoor_auditor;
      GRANT SELECT (id, reference, path) ON cases TO onedoor_auditor;
      GRANT SELECT (id, case_id) ON referrals, lead_reviews TO onedoor_auditor;
      GRANT SELECT (queue, due_at, dead_at) ON outbox TO onedoor_auditor;
      GRANT SELECT (queue, paused_on) ON queue_pauses TO onedoor_auditor;
    `);
    await runner.query(`REVOKE ALL ON ALL TABLES IN SCHEMA public, disposal FROM onedoor_app`);
    await runner.query(`REVOKE ALL ON SCHEMA disposal FROM onedoor_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const four = ['onedoor_web', 'onedoor_worker', 'onedoor_publisher', 'onedoor_auditor'];
    await runner.query(copyGrants(four, 'onedoor_app'));
    await runner.query(`GRANT USAGE ON SCHEMA disposal TO onedoor_app`);
    await runner.query(`REVOKE ALL ON ALL TABLES IN SCHEMA public, disposal FROM ${four.join(', ')}`);
    await runner.query(`REVOKE ALL ON SCHEMA disposal FROM ${four.join(', ')}`);
  }
}

/** Grants to one role what others have on our tables, column by column where they have it so. */
function copyGrants(from: readonly string[], to: string): string {
  const names = from.map((name) => `'${name}'`).join(', ');
  return `
    DO $$ DECLARE given record; BEGIN
      FOR given IN
        WITH ours AS (
          SELECT c.oid, c.relacl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname IN ('public', 'disposal') AND c.relkind IN ('r', 'v') AND c.relname <> 'migrations'
        ), granted AS (
          SELECT o.oid, a.grantee, a.privilege_type, NULL AS attname FROM ours o, aclexplode(o.relacl) a
          UNION ALL
          SELECT o.oid, a.grantee, a.privilege_type, t.attname
            FROM ours o JOIN pg_attribute t ON t.attrelid = o.oid, aclexplode(t.attacl) a
        )
        SELECT DISTINCT g.oid::regclass AS relation, g.privilege_type,
               CASE WHEN attname IS NULL THEN '' ELSE format('(%I)', attname) END AS columns
          FROM granted g JOIN pg_roles r ON r.oid = g.grantee WHERE r.rolname IN (${names})
      LOOP
        EXECUTE format('GRANT %s %s ON %s TO ${to}', given.privilege_type, given.columns, given.relation);
      END LOOP;
    END $$`;
}

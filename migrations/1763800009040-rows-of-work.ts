import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secure, unsecure } from './row-security.js';

const TABLES = [
  'audit_entries',
  'audit_pending',
  'audit_leaves',
  'audit_heads',
  'audit_nodes',
  'audit_days',
  'outbox',
  'queue_pauses',
  'notices',
  'reminders',
  'webhook_endpoints',
  'webhook_calls',
  'ruleset_publications',
  'idempotency_keys',
  'sealed_sessions',
] as const;

const SYSTEM = `(SELECT acting_kind()) = 'system'`;
const HERE = `agency_id = (SELECT acting_agency())`;
const OPERATES = `(SELECT operates())`;
/* Of a mailbox's case and its parts, by their keys. */
const OWN_AGENCIES = `agency_id = ANY (ARRAY(
  SELECT c.agency_id FROM cases c WHERE c.id = (SELECT acting_case()) OR c.whole_id = (SELECT acting_case())))`;

/** Whose rows the log, the promised work, the rules and the sealed sessions are. */
export class RowsOfWork1763800009040 implements MigrationInterface {
  readonly name = 'RowsOfWork1763800009040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(secure(...TABLES));
    await runner.query(`
      -- Nobody writes in somebody else's name; who signs in becomes known within the transaction.
      CREATE POLICY web_writes ON audit_entries FOR INSERT TO onedoor_web
        WITH CHECK (${SYSTEM} OR (actor_kind = (SELECT acting_kind())
                                  AND actor_id = CASE actor_kind WHEN 'staff' THEN (SELECT acting_id()) ELSE '' END));
      CREATE POLICY web_writes ON audit_pending FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_kind()) IS NOT NULL);
      CREATE POLICY worker_writes ON audit_entries FOR INSERT TO onedoor_worker
        WITH CHECK (${SYSTEM} AND actor_kind = 'system');
      CREATE POLICY worker_sees ON audit_entries FOR SELECT TO onedoor_worker
        USING ((SELECT acting_system()) = 'audit_sequencer');
      CREATE POLICY worker_writes ON audit_pending FOR INSERT TO onedoor_worker WITH CHECK (${SYSTEM});
      CREATE POLICY sequencer ON audit_pending TO onedoor_worker USING ((SELECT acting_system()) = 'audit_sequencer');
      CREATE POLICY sequencer ON audit_leaves TO onedoor_worker USING ((SELECT acting_system()) = 'audit_sequencer');
      CREATE POLICY sequencer ON audit_heads TO onedoor_worker USING ((SELECT acting_system()) = 'audit_sequencer');
      CREATE POLICY sequencer ON audit_nodes TO onedoor_worker USING ((SELECT acting_system()) = 'audit_sequencer');
      CREATE POLICY sequencer ON audit_days TO onedoor_worker USING ((SELECT acting_system()) = 'audit_sequencer');
      -- Published, for anybody to hold the log to.
      CREATE POLICY web ON audit_days FOR SELECT TO onedoor_web USING (true);
      -- An agency's auditor reads of their agency, the operator's of all. The tree is hashes and tells nothing.
      CREATE POLICY auditor ON audit_entries FOR SELECT TO onedoor_auditor
        USING (${SYSTEM} OR ((SELECT acting_as('auditor'))
                             AND (${HERE} OR (SELECT current_setting('onedoor.actor_operator', true)) = 'on')));
      CREATE POLICY auditor ON audit_pending FOR SELECT TO onedoor_auditor
        USING (${SYSTEM} OR (SELECT acting_as('auditor')));
      CREATE POLICY auditor ON audit_leaves FOR SELECT TO onedoor_auditor
        USING (${SYSTEM} OR (SELECT acting_as('auditor')));
      CREATE POLICY auditor ON audit_nodes FOR SELECT TO onedoor_auditor
        USING (${SYSTEM} OR (SELECT acting_as('auditor')));
      CREATE POLICY auditor ON audit_days FOR SELECT TO onedoor_auditor
        USING (${SYSTEM} OR (SELECT acting_as('auditor')));
      CREATE POLICY auditor ON audit_heads FOR SELECT TO onedoor_auditor
        USING (${SYSTEM} OR (SELECT acting_as('auditor')));

      CREATE POLICY web_promises ON outbox FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_kind()) IN ('public', 'mailbox', 'staff') AND dead_at IS NULL);
      CREATE POLICY web_sees ON outbox FOR SELECT TO onedoor_web
        USING (${OPERATES} OR ((SELECT acting_as('admin'))
                               AND EXISTS (SELECT FROM webhook_calls w WHERE w.id = outbox.id OFFSET 0)));
      CREATE POLICY web_replays ON outbox FOR UPDATE TO onedoor_web USING (${OPERATES});
      CREATE POLICY worker ON outbox TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY auditor ON outbox FOR SELECT TO onedoor_auditor USING (${SYSTEM});
      CREATE POLICY web ON queue_pauses TO onedoor_web USING (${OPERATES});
      CREATE POLICY worker ON queue_pauses FOR SELECT TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY auditor ON queue_pauses FOR SELECT TO onedoor_auditor USING (${SYSTEM});

      -- Of those to people nobody is told: that there is one says that there is a case.
      CREATE POLICY web ON notices FOR SELECT TO onedoor_web USING (to_whom = 'agency' AND ${OPERATES});
      CREATE POLICY worker ON notices TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY worker ON reminders TO onedoor_worker USING (${SYSTEM});

      CREATE POLICY web_sees ON webhook_endpoints FOR SELECT TO onedoor_web
        USING (${HERE} OR ${OPERATES} OR ${OWN_AGENCIES});
      CREATE POLICY web_sets ON webhook_endpoints FOR INSERT TO onedoor_web
        WITH CHECK ((SELECT acting_as('admin')) AND ${HERE});
      CREATE POLICY web_changes ON webhook_endpoints FOR UPDATE TO onedoor_web
        USING ((SELECT acting_as('admin')) AND ${HERE});
      CREATE POLICY web_removes ON webhook_endpoints FOR DELETE TO onedoor_web
        USING ((SELECT acting_as('admin')) AND ${HERE});
      CREATE POLICY worker ON webhook_endpoints TO onedoor_worker USING (${SYSTEM});
      CREATE POLICY web_sees ON webhook_calls FOR SELECT TO onedoor_web USING (${HERE} OR ${OPERATES} OR ${OWN_AGENCIES});
      CREATE POLICY web_promises ON webhook_calls FOR INSERT TO onedoor_web
        WITH CHECK ((event = 'test' AND (SELECT acting_as('admin')) AND ${HERE})
                    OR EXISTS (SELECT FROM cases c WHERE c.id = webhook_calls.case_id AND c.path = 'complaint'
                                  AND c.agency_id = webhook_calls.agency_id OFFSET 0));
      CREATE POLICY worker ON webhook_calls TO onedoor_worker USING (${SYSTEM});

      CREATE POLICY web ON ruleset_publications TO onedoor_web USING ((SELECT leads_system()));
      CREATE POLICY publisher ON ruleset_publications FOR SELECT TO onedoor_publisher USING (true);

      -- Found by the hash of what only their holder has, and sealed under it.
      CREATE POLICY web ON idempotency_keys TO onedoor_web USING ((SELECT acting_kind()) = 'public');
      CREATE POLICY worker ON idempotency_keys TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
      CREATE POLICY web ON sealed_sessions TO onedoor_web USING ((SELECT acting_kind()) = 'public');
      CREATE POLICY worker ON sealed_sessions TO onedoor_worker USING ((SELECT acting_system()) = 'sweeper');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(unsecure(...TABLES));
  }
}

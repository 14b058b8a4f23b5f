import { createHash } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that is promised but not done yet, put down in the transaction of what makes it necessary. */
export class Queue1763780000040 implements MigrationInterface {
  readonly name = 'Queue1763780000040';

  /* BullMQ counts jobs per queue in a sequence that it makes on first use; the application's role may not make any. */
  readonly #sequences = ['routing', 'delivery', 'clocks'].map(
    (queue) => `bullmq.bullmq_jid_${createHash('md5').update(queue).digest('hex')}`,
  );

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id uuid CONSTRAINT pk_outbox PRIMARY KEY,
        queue text NOT NULL,
        name text NOT NULL,
        case_id uuid,
        due_at timestamptz NOT NULL DEFAULT date_trunc('hour', now()),
        relayed_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        dead_at timestamptz,
        error_code text,
        CONSTRAINT ck_outbox_queue CHECK (queue IN ('routing', 'delivery', 'clocks'))
      );
      CREATE INDEX ix_outbox_due ON outbox (relayed_at, due_at) WHERE dead_at IS NULL;
      CREATE INDEX ix_outbox_dead ON outbox (dead_at, id) WHERE dead_at IS NOT NULL;

      -- Column by column: that keeps xmin and ctid, which tell when a row was written, from the application.
      GRANT SELECT (id, queue, name, case_id, due_at, relayed_at, attempts, dead_at, error_code) ON outbox TO onedoor_app;
      GRANT INSERT (id, queue, name, case_id, due_at) ON outbox TO onedoor_app;
      GRANT UPDATE (due_at, relayed_at, attempts, dead_at, error_code) ON outbox TO onedoor_app;
      GRANT DELETE ON outbox TO onedoor_app;
    `);
    await runner.query('CREATE SCHEMA IF NOT EXISTS bullmq');
    for (const sequence of this.#sequences) await runner.query(`CREATE SEQUENCE ${sequence}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox');
    for (const sequence of this.#sequences) await runner.query(`DROP SEQUENCE IF EXISTS ${sequence}`);
    // Whoever takes everything down has dropped the rest of the queue before; an empty schema must not stay behind.
    await runner.query('DROP SCHEMA IF EXISTS bullmq CASCADE');
  }
}

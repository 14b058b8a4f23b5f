import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { CaseKeyName } from '../vault/suite.js';
import type { CasePath, Delivery } from './case.entity.js';
import { grantPlace, makeDisposalKey, wrapGrant } from './disposal.js';

/** Everything a new case begins with; all words are sealed already. */
export interface NewCase {
  readonly id: string;
  readonly reference: string;
  readonly agencyId: string;
  readonly path: CasePath;
  readonly delivery: Delivery;
  /** Not stored of a disclosure, nor are the three below: its facets lie sealed in its statement. */
  readonly facets: Readonly<Record<string, string>> | null;
  readonly rules: readonly string[];
  readonly decidedFor: string | null;
  readonly chosen: string | null;
  readonly ruleset: string;
  readonly sealedWhere: 'browser' | 'arrival';
  /** Day in Pacific/Auckland, YYYY-MM-DD. */
  readonly lodgedOn: string;
  readonly epochs: readonly { readonly key: CaseKeyName; readonly epoch: number; readonly record: string }[];
  readonly grants: readonly {
    readonly key: CaseKeyName;
    readonly epoch: number;
    readonly reader: string;
    readonly jwe: string;
  }[];
  readonly items: readonly {
    readonly id: string;
    readonly key: CaseKeyName;
    readonly kind: string;
    readonly jwe: string;
  }[];
  /** Kids of those whom the person leaves out: a wall that no agency lifts keeps them out from the beginning. */
  readonly excluded?: readonly string[];
  readonly mailbox: {
    readonly idHash: Buffer;
    readonly agreementJwk: object;
    readonly signingJwk: object;
    readonly sealedPrivate: string;
    readonly notifySealed: string | null;
  };
}

/* One statement, so that a lodging costs one round trip for all its rows. Foreign keys are checked at its end. */
const OPEN_CASE = `
  WITH new_case AS (
    INSERT INTO cases (id, reference, agency_id, path, delivery, facets, ruleset, rules, decided_for, chosen,
                       sealed_where, status, lodged_on)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'lodged', $12)
  ), new_epochs AS (
    INSERT INTO case_epochs (case_id, key, epoch, record)
    SELECT $1, * FROM unnest($13::text[], $14::integer[], $15::text[])
  ), new_grants AS (
    INSERT INTO case_grants (case_id, key, epoch, reader, wrapped)
    SELECT $1, * FROM unnest($16::text[], $17::integer[], $18::text[], $19::bytea[])
  ), new_items AS (
    INSERT INTO case_items (case_id, author, made_on, id, key, epoch, kind, jwe, position)
    SELECT $1, 'person', $12, * FROM unnest($20::uuid[], $21::text[], $22::integer[], $23::text[], $24::text[])
                                     WITH ORDINALITY
  ), new_mailbox AS (
    INSERT INTO mailboxes (case_id, id_hash, agreement_jwk, signing_jwk, sealed_private, notify_sealed)
    VALUES ($1, $25, $26, $27, $28, $29)
  ), new_walls AS (
    INSERT INTO case_walls (id, case_id, staff_id, reason, set_by, set_on)
    SELECT gen_random_uuid(), $1, staff_id, 'excluded', NULL, $12
      FROM staff_keys WHERE kid = ANY ($32::text[]) AND purpose = 'agreement'
  ), new_event AS (
    INSERT INTO case_events (id, case_id, kind, happened_on, agency_id, position) VALUES ($30, $1, 'lodged', $12, $3, 1)
  ), new_figures AS (
    INSERT INTO figure_events (id, case_id) SELECT gen_random_uuid(), $1 WHERE $4 = 'complaint'
  )
  INSERT INTO disposal.keys (case_id, key) VALUES ($1, $31)`;

/** Opens a case with all that belongs to it, in the caller's transaction. */
export async function openCase(manager: EntityManager, made: NewCase): Promise<void> {
  const disposalKey = makeDisposalKey();
  const { epochs, grants, items, mailbox } = made;
  // Which rules fired, and for whom, tells what was answered.
  const inClear = made.path === 'complaint' ? made : { facets: null, rules: [], decidedFor: null, chosen: null };
  await manager.query(OPEN_CASE, [
    made.id,
    made.reference,
    made.agencyId,
    made.path,
    made.delivery,
    inClear.facets && JSON.stringify(inClear.facets),
    made.ruleset,
    inClear.rules,
    inClear.decidedFor,
    inClear.chosen,
    made.sealedWhere,
    made.lodgedOn,
    epochs.map((e) => e.key),
    epochs.map((e) => e.epoch),
    epochs.map((e) => e.record),
    grants.map((g) => g.key),
    grants.map((g) => g.epoch),
    grants.map((g) => g.reader),
    grants.map((g) => wrapGrant(disposalKey, grantPlace(made.id, g.key, g.epoch, g.reader), g.jwe)),
    items.map((i) => i.id),
    items.map((i) => i.key),
    items.map(() => 1),
    items.map((i) => i.kind),
    items.map((i) => i.jwe),
    mailbox.idHash,
    JSON.stringify(mailbox.agreementJwk),
    JSON.stringify(mailbox.signingJwk),
    mailbox.sealedPrivate,
    mailbox.notifySealed,
    randomUUID(),
    disposalKey,
    made.excluded ?? [],
  ]);
}

import { AccountRecovery } from './agencies/account-recovery/account-recovery.entity.js';
import { AgencyKeyGrant } from './agencies/agency-key-grant.entity.js';
import { AgencyKey } from './agencies/agency-key.entity.js';
import { Agency } from './agencies/agency.entity.js';
import { KEY_LOG_ENTITIES } from './agencies/key-log/key-log.entity.js';
import { RecoveryDrill } from './agencies/recovery-drill.entity.js';
import { RecoveryGrant } from './agencies/recovery-grant.entity.js';
import { RecoveryKey } from './agencies/recovery-key.entity.js';
import { RecoveryProof } from './agencies/recovery-proof.entity.js';
import { Recovery } from './agencies/recovery.entity.js';
import { WebhookCall } from './agencies/webhook-call.entity.js';
import { WebhookEndpoint } from './agencies/webhook-endpoint.entity.js';
import { AUDIT_ENTITIES } from './audit/audit.entity.js';
import { CaseEpoch } from './cases/case-epoch.entity.js';
import { CaseEvent } from './cases/case-event.entity.js';
import { CaseGrant } from './cases/case-grant.entity.js';
import { CaseItem } from './cases/case-item.entity.js';
import { CaseLink } from './cases/case-link.entity.js';
import { Case } from './cases/case.entity.js';
import { CaseJoining } from './cases/joining/case-joining.entity.js';
import { CaseKeyRenewal } from './cases/renewal/case-key-renewal.entity.js';
import { DisposalKey } from './cases/disposal-key.entity.js';
import { LeadReview } from './cases/referrals/lead-review.entity.js';
import { Mailbox } from './cases/mailbox.entity.js';
import { ReferralGrant } from './cases/referrals/referral-grant.entity.js';
import { Referral } from './cases/referrals/referral.entity.js';
import { Clock } from './clocks/clock.entity.js';
import { Reminder } from './clocks/reminder.entity.js';
import { DisclosureKind } from './disclosures/disclosure-kind.entity.js';
import { DisclosureStep } from './disclosures/disclosure-step.entity.js';
import { OversightCount } from './disclosures/oversight/oversight-count.entity.js';
import { MisconductReport } from './disclosures/reports/misconduct-report.entity.js';
import { OversightReferral } from './disclosures/oversight/oversight-referral.entity.js';
import { SupportDue } from './disclosures/support/support-due.entity.js';
import { SupportReview } from './disclosures/support/support-review.entity.js';
import { Notice } from './delivery/notice.entity.js';
import { IdentityRelease } from './disclosures/identity/identity-release.entity.js';
import { FIGURE_ENTITIES } from './insight/counting/figures.entity.js';
import { OPEN_DATA_ENTITIES } from './insight/open-data/open-data.entity.js';
import { IdempotencyKey } from './intake/idempotency-key.entity.js';
import { LODGED_ENTITIES } from './proofs/lodged.entity.js';
import { RATING_ENTITIES } from './mailbox/rating/rating.entity.js';
import { LearningAction } from './insight/learning/learning-action.entity.js';
import { OutboxRow } from './queue/outbox.entity.js';
import { QueuePause } from './queue/queue-pause.entity.js';
import { RoutingCorrection } from './routing/routing-correction.entity.js';
import { RulesetPublication } from './routing/ruleset-publication.entity.js';
import { STAFF_ENTITIES } from './staff/staff.entity.js';
import { SealedSession } from './web/sealed-session.entity.js';

/** Every table that is reached through TypeORM. */
export const ENTITIES = [
  AccountRecovery,
  Agency,
  AgencyKey,
  AgencyKeyGrant,
  Case,
  CaseEpoch,
  CaseEvent,
  CaseJoining,
  CaseKeyRenewal,
  CaseGrant,
  CaseItem,
  CaseLink,
  Clock,
  DisclosureKind,
  DisclosureStep,
  SupportReview,
  OversightCount,
  OversightReferral,
  MisconductReport,
  SupportDue,
  DisposalKey,
  IdempotencyKey,
  IdentityRelease,
  LeadReview,
  LearningAction,
  Mailbox,
  Notice,
  OutboxRow,
  QueuePause,
  Recovery,
  RecoveryDrill,
  RecoveryGrant,
  RecoveryKey,
  RecoveryProof,
  Reminder,
  Referral,
  ReferralGrant,
  RoutingCorrection,
  RulesetPublication,
  SealedSession,
  WebhookCall,
  WebhookEndpoint,
  ...AUDIT_ENTITIES,
  ...FIGURE_ENTITIES,
  ...OPEN_DATA_ENTITIES,
  ...KEY_LOG_ENTITIES,
  ...LODGED_ENTITIES,
  ...OPEN_DATA_ENTITIES,
  ...RATING_ENTITIES,
  ...STAFF_ENTITIES,
] as const;

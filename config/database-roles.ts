import type { Settings } from './settings.js';

/** The group roles of PostgreSQL that work is done as. None logs in; none owns anything. */
export type DatabaseRole =
  | 'onedoor_web'
  | 'onedoor_worker'
  | 'onedoor_publisher'
  | 'onedoor_auditor'
  | 'onedoor_figures'
  | 'onedoor_insight'
  | 'onedoor_open_data';

const WEB = ['onedoor_web', 'onedoor_publisher', 'onedoor_auditor', 'onedoor_insight'] as const;
const WORKER = [
  'onedoor_worker',
  'onedoor_publisher',
  'onedoor_auditor',
  'onedoor_figures',
  'onedoor_open_data',
] as const;

/** What each process may become. Only for one transaction at a time: its login has no rights of its own. */
export const ROLES_OF: Readonly<Record<Settings['ROLE'], readonly DatabaseRole[]>> = {
  web: WEB,
  worker: WORKER,
  all: [...new Set([...WEB, ...WORKER])],
};

/** As what the server's own work is done, by its name. What is not named here is a worker's. */
const SYSTEM: Readonly<Record<string, DatabaseRole>> = {
  'first-start': 'onedoor_web',
  'sign-in': 'onedoor_web',
  'staff-sessions': 'onedoor_web',
  enrolment: 'onedoor_web',
  openid: 'onedoor_web',
  'account-recovery': 'onedoor_web',
  demonstration: 'onedoor_web',
  figures: 'onedoor_figures',
  disclosure_figures: 'onedoor_figures',
  open_data: 'onedoor_open_data',
  rules: 'onedoor_publisher',
  routing_replay: 'onedoor_publisher',
  key_log: 'onedoor_publisher',
  metrics: 'onedoor_auditor',
  refusals: 'onedoor_auditor',
  audit_search: 'onedoor_auditor',
  verify_audit: 'onedoor_auditor',
};

/** As what somebody acts: people as the web role, whoever they are; the server by what it does. */
export function roleOf(actor: { readonly kind: string; readonly name?: string }): DatabaseRole {
  return actor.kind === 'system' ? (SYSTEM[actor.name ?? ''] ?? 'onedoor_worker') : 'onedoor_web';
}

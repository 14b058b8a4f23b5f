import { Injectable } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { append } from '../audit/audit.js';
import { Invitations, type Invitation } from '../staff/invitations.js';
import { StaffMember } from '../staff/staff-member.entity.js';
import type { StaffActor, SystemActor } from '../staff/staff-actor.js';
import { Conflict, Forbidden, Invalid } from '../web/errors.js';
import { Agency } from './agency.entity.js';
import { mayConnect, mayOpenForIntake } from './agency.policy.js';
import { Directory } from './directory.js';
import type { Missing } from './key-state.js';
import { keyState } from './read-key-state.js';
import { KeyLogKeeper } from './key-log/key-log-keeper.js';

const FIRST_START = { kind: 'system', name: 'first-start' } as const;

/** Agencies that take part: connecting them, opening and closing their door. */
@Injectable()
export class AgenciesService {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly directory: Directory,
    private readonly invitations: Invitations,
    private readonly keyLog: KeyLogKeeper,
  ) {}

  /**
   * Connects an agency of the directory, closed at first. Connecting it again changes only where notices go.
   *
   * @throws {Forbidden} when the actor may not
   * @throws {Invalid} when the directory has no such agency
   */
  async connect(
    actor: StaffActor | SystemActor,
    agency: { id: string; noticeEmail?: string | undefined },
  ): Promise<void> {
    if (actor.kind === 'staff' && !mayConnect(actor, this.settings.TRIAGE_AGENCY)) throw new Forbidden();
    const entry = this.directory.get(agency.id);
    if (!entry || entry.kind === 'guard_entry') {
      throw new Invalid([{ field: 'id', code: 'unknown', message: 'Choose an agency of the directory.' }]);
    }
    await this.database.asActor(actor, async (manager) => {
      await manager.query(
        `INSERT INTO agencies (id, notice_email) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET notice_email = coalesce(excluded.notice_email, agencies.notice_email)`,
        [agency.id, agency.noticeEmail ?? null],
      );
      await append(manager, { action: 'agency.connected', actor, agencyId: agency.id });
    });
  }

  /** The connected agencies, in the order of their ids, and whether anybody works there. */
  async connected(actor: StaffActor | SystemActor): Promise<{ id: string; hasPeople: boolean }[]> {
    return this.database.asActor(actor, (manager) =>
      manager.query<{ id: string; hasPeople: boolean }[]>(
        `SELECT a.id, has_people(a.id) AS "hasPeople" FROM agencies a ORDER BY a.id`,
      ),
    );
  }

  /**
   * Opens the door of the actor's agency.
   *
   * @throws {Forbidden} when the actor may not
   * @throws {Conflict} `kits_unproven` while a recovery kit was not typed back or would not give the key; `too_few_keys` while
   *   fewer than two have opened the complaints key or fewer than two are disclosure officers; `no_notice_address` while
   *   nobody could be told that something came
   */
  async openForIntake(actor: StaffActor): Promise<void> {
    if (!mayOpenForIntake(actor)) throw new Forbidden();
    await this.database.asActor(actor, async (manager) => {
      // Locked, so that what is counted is still so when the door opens.
      await manager.query('SELECT 1 FROM agencies WHERE id = $1 FOR UPDATE', [actor.agencyId]);
      const [first] = (await keyState(manager, actor.agencyId)).missing;
      if (first) throw notReady(first);
      await manager.update(Agency, { id: actor.agencyId }, { openForIntake: true });
      await append(manager, { action: 'agency.opened', actor });
    });
    // Nobody can lodge here before its keys are logged and witnesses have seen them.
    await this.keyLog.catchUp();
  }

  /** Closes the door of the actor's agency: new cases then go to the triage desk. */
  async closeForIntake(actor: StaffActor): Promise<void> {
    if (!mayOpenForIntake(actor)) throw new Forbidden();
    await this.database.asActor(actor, async (manager) => {
      await manager.update(Agency, { id: actor.agencyId }, { openForIntake: false });
      await append(manager, { action: 'agency.closed', actor });
    });
  }

  /**
   * The way in for the first administrator, who belongs to the operator's agency. The one made before is good no longer.
   *
   * @returns null once there is any member of staff
   */
  async bootstrapInvitation(): Promise<Invitation | null> {
    const settled = await this.database.asActor(FIRST_START, (manager) => manager.exists(StaffMember));
    if (settled) return null;
    const agencyId = this.settings.TRIAGE_AGENCY;
    await this.connect(FIRST_START, { id: agencyId });
    return this.invitations.inviteFirst(FIRST_START, agencyId);
  }
}

function notReady(missing: Missing): Conflict {
  switch (missing) {
    case 'complaints_kit':
    case 'disclosures_kit':
    case 'recovery_grant':
      return new Conflict(
        'kits_unproven',
        'Before your agency can open, both recovery kits must be printed and typed back, and hold its keys.',
      );
    case 'complaints_key':
    case 'holders':
    case 'disclosure_officers':
      return new Conflict(
        'too_few_keys',
        'Before your agency can open, two people must have opened its complaints key and two must be disclosure officers.',
      );
    case 'notice_address':
      return new Conflict(
        'no_notice_address',
        'Before your agency can open, it must have an email address for notices. The operator of this service sets it.',
      );
  }
}

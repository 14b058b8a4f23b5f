import { Module } from '@nestjs/common';
import { Database } from '../../config/database.js';
import { Settings } from '../../config/settings.js';
import { removeExpired } from '../queue/remove-expired.js';
import { Sweeper } from '../queue/sweeper.js';
import { SweeperModule } from '../queue/sweeper.module.js';
import { AskedInvitationsController } from './asked-invitations/asked-invitations.controller.js';
import { AskedInvitations } from './asked-invitations/asked-invitations.service.js';
import { DelegationsController } from './delegations/delegations.controller.js';
import { DelegationsService } from './delegations/delegations.service.js';
import { Enrolment } from './enrolment.js';
import { Invitations } from './invitations.js';
import { Identities } from './openid/identities.js';
import { OpenIdController } from './openid/openid.controller.js';
import { OpenIdErrands } from './openid/openid-errands.js';
import { OpenIdProviders } from './openid/openid-providers.js';
import { OverseeingAgencies } from './overseeing-agencies.js';
import { OwnPassphraseController } from './own-passphrase/own-passphrase.controller.js';
import { OwnPassphrase } from './own-passphrase/own-passphrase.js';
import { OwnSessions } from './own-sessions.js';
import { Passkeys } from './passkeys/passkeys.js';
import { PasskeysController } from './passkeys/passkeys.controller.js';
import { ProveWithPasskey } from './passkeys/prove-with-passkey.js';
import { SignInWithPasskey } from './passkeys/sign-in-with-passkey.js';
import { Refusals } from './refusals.js';
import { RemoveWayIn } from './remove-way-in.js';
import { PublishedNamesController } from './published-names.controller.js';
import { PublishedNames } from './published-names.js';
import { RoleChangesController } from './role-changes/role-changes.controller.js';
import { RoleChanges } from './role-changes/role-changes.service.js';
import { SessionsController } from './sessions.controller.js';
import { SignIn } from './sign-in.js';
import { SlowDown } from './slow-down.js';
import { StaffApiController } from './staff-api.controller.js';
import { StaffController } from './staff.controller.js';
import { StaffGuard } from './staff.guard.js';
import { StaffSecrets } from './staff-secrets.js';
import { StaffSessions } from './staff-sessions.js';
import { StepUpController } from './step-up.controller.js';
import { StepUp } from './step-up.js';
import { WaysInController } from './ways-in.controller.js';
import { WaysIn } from './ways-in.js';

/** Accounts, sign-in, personal keys. Database, Settings, ServiceKeys and Throttle come from global modules. */
@Module({
  imports: [SweeperModule],
  controllers: [
    StaffController,
    StaffApiController,
    OpenIdController,
    PasskeysController,
    SessionsController,
    StepUpController,
    DelegationsController,
    RoleChangesController,
    PublishedNamesController,
    AskedInvitationsController,
    OwnPassphraseController,
    WaysInController,
  ],
  providers: [
    AskedInvitations,
    DelegationsService,
    Enrolment,
    Identities,
    Invitations,
    OpenIdErrands,
    OverseeingAgencies,
    { provide: OpenIdProviders, useFactory: (settings: Settings) => OpenIdProviders.of(settings), inject: [Settings] },
    OwnPassphrase,
    OwnSessions,
    Passkeys,
    ProveWithPasskey,
    Refusals,
    RemoveWayIn,
    RoleChanges,
    PublishedNames,
    SignIn,
    SignInWithPasskey,
    SlowDown,
    StaffGuard,
    StaffSecrets,
    StaffSessions,
    StepUp,
    WaysIn,
  ],
  exports: [
    AskedInvitations,
    Enrolment,
    Invitations,
    OverseeingAgencies,
    Refusals,
    StaffGuard,
    StaffSecrets,
    StaffSessions,
  ],
})
export class StaffModule {
  constructor(sweeper: Sweeper, database: Database) {
    sweeper.add('staff_sessions', (limit) => removeExpired(database, 'staff_sessions', 'token_hash', limit));
    sweeper.add('staff_used_challenges', (limit) =>
      removeExpired(database, 'staff_used_challenges', 'challenge_hash', limit),
    );
    sweeper.add('slowed_tries', (limit) => removeExpired(database, 'slowed_tries', 'id', limit));
    sweeper.add('asked_invitations', (limit) => removeExpired(database, 'asked_invitations', 'id', limit));
    sweeper.add('staff_invitations', (limit) => removeExpired(database, 'staff_invitations', 'token_hash', limit));
  }
}

import { Module } from '@nestjs/common';
import { Enrolment } from './enrolment.js';
import { Invitations } from './invitations.js';
import { SignIn } from './sign-in.js';
import { StaffApiController } from './staff-api.controller.js';
import { StaffController } from './staff.controller.js';
import { StaffGuard } from './staff.guard.js';
import { StaffSecrets } from './staff-secrets.js';
import { StaffSessions } from './staff-sessions.js';

/** Accounts, sign-in, personal keys. Database, Settings, ServiceKeys and Throttle come from global modules. */
@Module({
  controllers: [StaffController, StaffApiController],
  providers: [Enrolment, Invitations, SignIn, StaffGuard, StaffSecrets, StaffSessions],
  exports: [Enrolment, Invitations, StaffGuard, StaffSessions],
})
export class StaffModule {}

import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';
import { ROLES, type Role } from '../roles.js';

/** What somebody is to be from now on. */
export class RolesForm {
  // One ticked box arrives as a text, several as a list, none as nothing.
  @Transform(({ value }: { value: unknown }) => [value ?? []].flat())
  @IsIn(ROLES, { each: true })
  roles: Role[];
}

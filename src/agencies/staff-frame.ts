import type { StaffActor } from '../staff/staff-actor.js';
import type { Language } from '../web/translations.js';
import type { Directory } from './directory.js';

/** What stands around every page for staff: who is signed in, and for which agency, by its name in the page's language. */
export interface StaffFrame {
  readonly actor: StaffActor;
  readonly agencyName: string;
}

/** The frame of a page for this member of staff. */
export function staffFrame(directory: Directory, actor: StaffActor, lang: Language): StaffFrame {
  return { actor, agencyName: directory.nameOf(actor.agencyId, lang) };
}

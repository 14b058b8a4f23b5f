import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StaffActor } from '../staff/staff-actor.js';

/** What the desk asks about the releases of who wrote a disclosure, which it keeps nothing of itself. */
export interface ReleaseQuestions {
  /** Whether the person behind a disclosure must still be told that their name was released. */
  isUntold(manager: EntityManager, caseId: string): Promise<boolean>;
  /** Whether a release is asked for, or was made and the person has not been told. */
  hasOpenRelease(manager: EntityManager, caseId: string): Promise<boolean>;
  /** Whether the person must still be told in any disclosure that somebody reads. */
  hasUntold(manager: EntityManager, actor: StaffActor): Promise<boolean>;
}

/**
 * Where the desk asks, and the feature that releases names says at start how it answers: it stands on the desk, and not
 * the desk on it.
 */
@Injectable()
export class Releases {
  private answers?: ReleaseQuestions;

  /** For the feature that releases names. @throws {Error} when two do */
  answerBy(answers: ReleaseQuestions): void {
    if (this.answers) throw new Error('releases are answered for twice');
    this.answers = answers;
  }

  /** @throws {Error} when nobody answers: nothing may go on as if no name had been released */
  get ask(): ReleaseQuestions {
    if (!this.answers) throw new Error('nobody answers for releases');
    return this.answers;
  }
}

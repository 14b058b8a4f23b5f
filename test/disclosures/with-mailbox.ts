import { Database } from '../../config/database.js';
import { todayInAuckland } from '../../src/clocks/calendar.js';
import type { Desk } from '../cases/desk.js';
import { openAgency, type AtDesk } from '../cases/handing-on.js';
import { lodge, type LodgedCase } from '../cases/sealed-cases.js';
import { Owner } from '../intake/door.js';
import { startApp, type TestApp } from '../support/app.js';
import { StepsOf } from './duties.js';

/** A disclosure whose person has a receipt. */
export interface Disclosure extends StepsOf {
  readonly of: LodgedCase;
}

/** The desk of one agency with two disclosure officers, one of another, and the door by which people come back. */
export interface WithMailbox {
  readonly app: TestApp;
  readonly desk: Desk;
  readonly ana: AtDesk;
  readonly ben: AtDesk;
  /** Of another agency. */
  readonly hana: AtDesk;
  /** Lodges a disclosure with the agency of who takes its steps. */
  begin(by?: AtDesk): Promise<Disclosure>;
  close(): Promise<void>;
}

export async function startWithMailbox(): Promise<WithMailbox> {
  // Behind a proxy, so that each person can come from an address of their own.
  const app = await startApp({ ROLE: 'web', TRUSTED_PROXIES: '1' });
  const owner = await Owner.of(app);
  const database = app.app.get(Database, { strict: false });
  const desk: Desk = { ...app, database, rows: (sql, values) => owner.rows(sql, values) };
  const [ana, ben] = await openAgency(desk, 'hdc');
  const [hana] = await openAgency(desk, 'ombudsman');
  return {
    app,
    desk,
    ana,
    ben,
    hana,
    begin: async (by = ana) => {
      const lodged = await lodge(desk, { agencyId: by.who.actor.agencyId, path: 'disclosure' });
      return new StepsOf(by, lodged, todayInAuckland()) as Disclosure;
    },
    close: async () => {
      await owner.close();
      await app.close();
    },
  };
}

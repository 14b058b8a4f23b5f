import { requireColleagues } from '../../agencies/browser/require-colleagues.js';
import { requireLoggedAt } from '../../agencies/browser/require-logged-at.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { goUnlock, unlockedKeys } from '../../staff/browser/session-keys.js';
import { KeyDoubted } from '../../vault/key-heads.js';
import type { HeldKey } from '../../vault/keys.js';
import { orNull } from '../../vault/suite.js';
import { element, say, tell } from '../../web/browser/page.js';
import { MOST_GRANTS, type DisclosuresToGrant, type GrantToColleague } from '../joining/joining.js';
import { regrantDisclosure } from '../joining/regrant-disclosure.js';
import { progressIn } from './say-why.js';

/* Grants older disclosures to a colleague, batch by batch. Each that is done is done, whenever the page is left. */

const list = document.getElementById('colleagues');
const buttons = [...document.querySelectorAll<HTMLButtonElement>('#colleagues button')];

/** The colleague's key must be theirs alone by the log of keys, and stand there for who reads disclosures. */
async function requireReader(own: HeldKey, to: DisclosuresToGrant['to']): Promise<void> {
  await requireColleagues(own.kid, { people: [to] });
  await requireLoggedAt(list?.dataset.agency ?? '', [to.agreement]);
}

async function letRead(staffId: string, all: number): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const own = unlocked.agreement;
  const progress = progressIn(element('#progress'), 'progress');
  const path = `/staff/api/joining/${staffId}`;
  let checked = '';
  let done = 0;
  let left = 0;
  progress(done, all);
  for (let after: string | null = ''; after !== null;) {
    const page: DisclosuresToGrant = await askStaff(after === '' ? path : `${path}?after=${after}`);
    if (page.to.staffId !== staffId) throw new KeyDoubted('not_logged');
    // The key that was checked is the one that is granted to: a server that names another later has it checked as well.
    if (checked !== page.to.agreement.kid) await requireReader(own, page.to);
    checked = page.to.agreement.kid;
    const opened = await Promise.all(
      page.disclosures.map((one) => orNull(regrantDisclosure(one, own, page.to.agreement))),
    );
    const grants = opened.filter((one) => one !== null);
    left += opened.length - grants.length;
    for (const batch of batches(grants)) {
      await askStaff(path, { grants: batch.flat() });
      done += batch.length;
      progress(done, all);
    }
    after = page.next;
  }
  if (left > 0) tell(say('left').replace('{left}', left.toString()));
  else location.reload();
}

/** As many disclosures as go in one call. The keys of one go together: with the newest it is gone from the list. */
function batches(grants: readonly GrantToColleague[][]): GrantToColleague[][][] {
  const all: GrantToColleague[][][] = [];
  for (const one of grants) {
    const last = all.at(-1);
    if (last && last.flat().length + one.length <= MOST_GRANTS) last.push(one);
    else all.push([one]);
  }
  return all;
}

function allowed(may: boolean): void {
  for (const button of buttons) button.disabled = !may;
}

allowed(true);
for (const button of buttons) {
  button.addEventListener('click', () => {
    const { staffId = '', count = '0' } = button.dataset;
    allowed(false);
    tell('');
    void letRead(staffId, Number(count))
      .catch((error: unknown) => {
        tell(say(error instanceof KeyDoubted ? 'keysDoubted' : 'failed'));
      })
      .finally(() => {
        allowed(true);
      });
  });
}

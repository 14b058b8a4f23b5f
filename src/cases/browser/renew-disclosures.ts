import { VaultError } from '../../vault/suite.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { goUnlock } from '../../staff/browser/session-keys.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, say, tell } from '../../web/browser/page.js';
import { sealRenewal } from '../leaving/seal-renewal.js';
import type { StaleDisclosures } from '../leaving/stale-disclosures.js';
import { fetchCase } from './fetch-case.js';

/* Begins the next epoch of one disclosure after the other. Each that is done is done, whenever the page is left. */

/** @returns whether it was begun; some cannot be from here, and stay on the list */
async function renewOne(id: string): Promise<boolean> {
  try {
    const fetched = await fetchCase(id);
    if (!fetched) {
      goUnlock();
      return false;
    }
    const { sealed, items, opened, own } = fetched;
    const epoch = await sealRenewal({ ...sealed, items }, opened, own.signing);
    await askStaff(`/staff/api/cases/${id}/renewal`, { epoch });
    return true;
  } catch (error) {
    // One that another officer has just begun, or that does not open: the others are not kept waiting for it.
    if (error instanceof VaultError || (error instanceof ApiProblem && error.status === 409)) return false;
    throw error;
  }
}

async function renewAll(): Promise<void> {
  const progress = element('#progress');
  let done = 0;
  let left = 0;
  for (let after = ''; ;) {
    const { ids } = await askStaff<StaleDisclosures>(`/staff/api/stale-disclosures${after && `?after=${after}`}`);
    for (const id of ids) {
      if (await renewOne(id)) done += 1;
      else left += 1;
      progress.textContent = `${say('progress')} ${done.toString()}`;
    }
    after = ids.at(-1) ?? '';
    if (after === '') break;
  }
  if (left > 0) tell(`${say('left')} ${left.toString()}`);
  else location.reload();
}

const button = document.getElementById('renew');
if (button instanceof HTMLButtonElement) {
  button.disabled = false;
  button.addEventListener('click', () => {
    button.disabled = true;
    tell('');
    void renewAll()
      .catch(() => {
        tell(say('failed'));
      })
      .finally(() => {
        button.disabled = false;
      });
  });
}

import { signKeyStatement } from '../../vault/key-statements.js';
import type { PrivateJwk } from '../../vault/keys.js';
import { orNull } from '../../vault/suite.js';
import { askStaff } from '../../staff/browser/ask-staff.js';
import { goUnlock, unlockedKeys } from '../../staff/browser/session-keys.js';
import { element, say, tell } from '../../web/browser/page.js';
import type { KeyState } from '../key-state.js';
import {
  grantAgencyKeysAgain,
  grantDisclosureAgain,
  type DisclosureOnPaper,
  type RecoveryAtHand,
} from '../recovery-at-hand.js';
import { requireColleagues } from './require-colleagues.js';
import { keyFromShares, onShares, runWith } from './two-shares.js';

/* Uses a recovery kit: one officer asks, another agrees, two sheets are typed, and keys are granted again. */

/** Signs that these people are to be granted to, whose keys are those that this page was given. */
async function agreement(kid: string, staffIds: readonly string[]): Promise<string | null> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return null;
  }
  const { people, agencyId: agency, today: day } = await askStaff<KeyState>('/staff/api/keys');
  const chosen = people.filter(({ staffId }) => staffIds.includes(staffId));
  await requireColleagues(unlocked.agreement.kid, { people: chosen });
  const to = chosen.map((one) => one.agreement.kid);
  return signKeyStatement({ agency, key: kid, said: 'recovers', day, to, signer: unlocked.signing });
}

async function ask(form: HTMLFormElement): Promise<void> {
  const chosen = [...form.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
  if (chosen.length === 0) {
    tell(say('nobody'));
    return;
  }
  const kid = form.dataset.ask ?? '';
  const statement = await agreement(kid, chosen);
  if (statement === null) return;
  await askStaff('/staff/api/recoveries', { kid, statement });
  location.reload();
}

async function agree({ dataset }: HTMLButtonElement): Promise<void> {
  const statement = await agreement(dataset.kid ?? '', (dataset.to ?? '').split(' '));
  if (statement === null) return;
  await askStaff(`/staff/api/recoveries/${dataset.agree ?? ''}/confirmation`, { statement });
  location.reload();
}

/** How many were granted again, and how many did not open. */
interface Counted {
  readonly done: number;
  readonly left: number;
}

async function recover(form: HTMLFormElement): Promise<void> {
  const unlocked = await unlockedKeys();
  if (!unlocked) {
    goUnlock();
    return;
  }
  const path = `/staff/api/recoveries/${form.dataset.recover ?? ''}`;
  const atHand = await askStaff<RecoveryAtHand>(path);
  await requireColleagues(unlocked.agreement.kid, { people: atHand.to });
  const privateJwk = await keyFromShares(form, atHand.key);
  const again = atHand.purpose === 'complaints' ? agencyKeysAgain : disclosuresAgain;
  const { done, left } = await again(path, atHand, privateJwk);
  form.reset();
  tell(left > 0 ? `${say('left')} ${left.toString()}` : '');
  if (done === 0 && left > 0) return;
  element('#done').hidden = false;
  element('#done').focus();
}

async function agencyKeysAgain(path: string, atHand: RecoveryAtHand, privateJwk: PrivateJwk): Promise<Counted> {
  const { agencyKeys } = atHand;
  const opened = [];
  for (const one of agencyKeys) {
    opened.push(await orNull(grantAgencyKeysAgain({ ...atHand, agencyKeys: [one] }, privateJwk)));
  }
  const grants = opened.flatMap((made) => made ?? []);
  const left = opened.filter((made) => made === null).length;
  if (grants.length > 0 || left === 0) await askStaff(`${path}/agency-grants`, { grants });
  return { done: agencyKeys.length - left, left };
}

async function disclosuresAgain(path: string, atHand: RecoveryAtHand, privateJwk: PrivateJwk): Promise<Counted> {
  let done = 0;
  let left = 0;
  for (let after: string | null = ''; after !== null;) {
    const page: { disclosures: DisclosureOnPaper[]; next: string | null } = await askStaff(
      `${path}/disclosures${after && `?after=${after}`}`,
    );
    for (const one of page.disclosures) {
      const grants = await orNull(grantDisclosureAgain(atHand, one, privateJwk));
      if (grants === null) left += 1;
      else done += 1;
      if (grants && grants.length > 0) await askStaff(`${path}/disclosures/${one.id}`, { grants });
      element('#progress').textContent = `${say('progress')} ${done.toString()}`;
    }
    after = page.next;
  }
  return { done, left };
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-ask]')) onShares(form, () => ask(form));
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-recover]'))
  onShares(form, () => recover(form));
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-agree]')) {
  button.disabled = false;
  button.addEventListener('click', () => {
    runWith(button, () => agree(button));
  });
}

import { resealPrivateKeys } from '../../vault/keys.js';
import { VaultError } from '../../vault/suite.js';
import { ApiProblem } from '../../web/browser/ask.js';
import { element, elementOf, onSubmit, say, tell } from '../../web/browser/page.js';
import { makePersonalKeys } from '../make-personal-keys.js';
import type { OwnKeys } from '../personal-key.js';
import { askStaff } from './ask-staff.js';
import { NoPasskey } from './passkey.js';
import { openPassphrase, openPasskey, passkeysAmong, type OpenWay } from './secret-of.js';
import { unlock } from './session-keys.js';

const removed = element('#remove').dataset.way ?? '';
/** What was shown already: whoever cancels one goes on from there. */
const shown = new Map<string, OpenWay>();

onSubmit('#remove', async () => {
  try {
    const keys = await askStaff<OwnKeys>('/staff/api/own-keys');
    await showKept(keys);
    await replaceKeys([...shown.values()]);
    location.assign('/staff/new-keys');
  } catch (error) {
    tell(whyNot(error));
  }
});

/** Every way that is kept is asked for its secret: the new keys are sealed under each. */
async function showKept(keys: OwnKeys): Promise<void> {
  const kept = keys.ways.filter(({ id }) => id !== removed);
  const typed = document.querySelector<HTMLInputElement>('#passphrase')?.value ?? '';
  for (const way of kept.filter(({ id }) => !shown.has(id))) {
    const open =
      way.kind === 'passkey' ? await openPasskey(keys, passkeysAmong([way])) : await openPassphrase(keys, typed);
    shown.set(way.id, open);
  }
}

async function replaceKeys(kept: readonly OpenWay[]): Promise<void> {
  const [first] = kept;
  if (!first) throw new VaultError();
  const { agreement, signing } = await makePersonalKeys(first.secret);
  const sealed = kept.map(async ({ way, secret: to }) => {
    const under = (sealedPrivate: string): Promise<string> =>
      resealPrivateKeys({ wrappingKey: first.secret, purpose: 'staff', sealedPrivate, to });
    return {
      way: way.id,
      agreement: await under(agreement.sealedPrivate),
      signing: await under(signing.sealedPrivate),
    };
  });
  const now = await askStaff<OwnKeys>(`/staff/api/ways-in/${removed}/removal`, {
    agreement: { jwk: agreement.jwk },
    signing: { jwk: signing.jwk },
    sealed: await Promise.all(sealed),
  });
  const way = now.ways.find(({ id }) => id === first.way.id);
  if (way) await unlock(now, way, first.secret);
}

function whyNot(error: unknown): string {
  if (error instanceof NoPasskey) return say('noPasskey');
  if (error instanceof VaultError) return say('wrong');
  return error instanceof ApiProblem && error.status === 409 ? error.message : say('failed');
}

elementOf(HTMLButtonElement, '#enter').disabled = false;

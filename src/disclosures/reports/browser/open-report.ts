import type { CryptoKey } from 'jose';
import { openAgencyKeys } from '../../../agencies/browser/keys.js';
import { requireAdded } from '../../../agencies/browser/proved-readers.js';
import { goUnlock } from '../../../staff/browser/session-keys.js';
import { KeyDoubted } from '../../../vault/key-heads.js';
import { importPublicKey, thumbprint, type HeldKey } from '../../../vault/keys.js';
import { openReport, readReportHeader, type ReportContent } from '../../../vault/report.js';
import { VaultError } from '../../../vault/suite.js';
import { element, given, say, tell } from '../../../web/browser/page.js';
import type { SealedReport } from '../read-reports.js';

/*
 * Opens a report of serious misconduct with the key of the agency that takes it, and shows it where the log of keys has who
 * signed it as one of the people of the agency that it is from.
 */

type Given = Pick<SealedReport, 'id' | 'jwe' | 'signers' | 'proof'> & { readonly from: string };

async function open(
  { id, from, jwe, signers, proof }: Given,
  keys: ReadonlyMap<string, HeldKey>,
): Promise<ReportContent> {
  const reader = keys.get(readReportHeader(jwe).kid);
  if (!reader) throw new VaultError();
  // By their own thumbprints: what the server calls them says nothing.
  const known = new Map(
    await Promise.all(
      signers.map(async ({ jwk }): Promise<[string, CryptoKey]> => {
        const kid = await thumbprint(jwk);
        return [kid, await importPublicKey({ kid, jwk }, 'signing')];
      }),
    ),
  );
  const expect = { report: id, from };
  const { content, signedBy } = await openReport({ jwe, expect, reader, verify: (kid) => known.get(kid) });
  await requireAdded({ proof, agency: from, uses: ['signing'], kids: [signedBy] });
  return content;
}

async function show(): Promise<void> {
  const keys = await openAgencyKeys();
  if (!keys) {
    goUnlock();
    return;
  }
  const { what, done } = await open(given('#words') as Given, keys);
  element('#what').textContent = what;
  element('#done').textContent = done;
  element('#words').hidden = false;
}

const progress = element('#progress');
progress.textContent = say('opening');
void show()
  .catch((error: unknown) => {
    tell(say(error instanceof KeyDoubted ? 'signerDoubted' : 'failed'));
  })
  .finally(() => {
    progress.textContent = '';
  });

import { ApiProblem, ask } from '../../web/browser/ask.js';
import { element, onSubmit, say } from '../../web/browser/page.js';
import { saveFile } from '../../web/browser/save-file.js';
import type { ProofFile } from '../../vault/proof-file.js';
import { VaultError } from '../../vault/suite.js';
import type { ServedSide } from '../mailbox-side.js';
import type { OpenSide } from '../open-side.js';
import { ownProof, type OwnProof } from '../own-proof.js';
import { proofState } from '../proof-state.js';

const STATES = {
  none: 'proofNone',
  waiting: 'proofWaiting',
  logged: 'proofLogged',
  read: 'proofRead',
  unread: 'proofUnread',
};

let own: OwnProof | null = null;

/** Lets the person save what is shown by {@link showProof}. Both files are made here; what they wrote goes nowhere. */
export function enlivenProof(): void {
  onSubmit('#save-proof', () => {
    if (own) saveFile('onedoor-proof.json', JSON.stringify(own.proof));
    return Promise.resolve();
  });
  onSubmit('#save-words', () => {
    if (own) saveFile('onedoor-words.json', JSON.stringify(own.evidence));
    return Promise.resolve();
  });
}

/** Looks how far the proof of what was lodged is, and says so. */
export async function showProof(
  { sealed, lodgedWith }: Pick<ServedSide, 'sealed' | 'lodgedWith'>,
  signersProof: ServedSide['signersProof'],
  side: OpenSide,
): Promise<void> {
  const { staffSigning } = sealed;
  own = lodgedWith && (await ownProof(side, sealed.items, { ...lodgedWith, staffSigning, signersProof }, find));
  element('#proof-state').textContent = proofState(own)
    .map((state) => say(STATES[state]))
    .join(' ');
  element('#save-proof').hidden = own === null;
  element('#save-words').hidden = own === null;
}

async function find(commitment: string): Promise<ProofFile | null> {
  try {
    return await ask<ProofFile>('/api/v1/proofs', { method: 'POST', body: { commitment } });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** What could not be looked up leaves the mailbox as it is. */
export function proofNotShown(error: unknown): void {
  if (!(error instanceof ApiProblem) && !(error instanceof VaultError)) throw error;
  element('#proof-state').textContent = say('proofLater');
  element('#save-proof').hidden = true;
  element('#save-words').hidden = true;
}

import type { OwnProof } from './own-proof.js';

/** How far the proof is, as codes of sentences: whether it is in the log, and whether somebody signed that they read it. */
export function proofState(own: OwnProof | null): readonly ('none' | 'waiting' | 'logged' | 'read' | 'unread')[] {
  if (!own) return ['none'];
  const { day, countersignature } = own.proof;
  return [day ? 'logged' : 'waiting', countersignature ? 'read' : 'unread'];
}

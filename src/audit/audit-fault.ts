/** What can be wrong with a log, and what the subject of a fault then names. */
type FaultKind =
  | 'entry_changed' // id of the entry: it is not what its leaf recorded
  | 'entry_deleted' // id of the entry: its leaf is still there
  | 'entry_outside' // id of the entry: neither in the tree nor waiting for it
  | 'pending_stray' // id of an entry that waits although it is gone or chained already
  | 'leaf_deleted' // position of the leaf
  | 'head_forged' // size of the head: its signature or what is stored with it is not ours
  | 'head_not_of_this_tree' // size of the head: leaves before it were changed, exchanged or put in another order
  | 'tree_cut_off' // size of a head that is larger than the tree
  | 'node_changed' // level and place of an inner node: not the hash of what is below it, or not of this tree
  | 'day_changed' // position of a day: what is stored is not what its leaf commits to, or not in its place
  | 'day_head_forged' // number of days of a published head: not signed by us, or not of these days
  | 'days_cut_off'; // number of days of a published head that is larger than what is stored

/** One thing that is wrong. */
export interface Fault {
  readonly kind: FaultKind;
  /** An id, a position or a size, never what was recorded. */
  readonly subject: string;
}

/** Tells of a fault. */
export type Accuse = (kind: FaultKind, subject: string) => void;

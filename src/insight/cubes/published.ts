/** Counts below this one are shown as "<6" only. */
const BELOW = 6;
/** A share of fewer says more of chance than of what it is a share of. */
const FEWEST_IN_WHOLE = 30;

/** What is shown of a cell. */
export type Published =
  { readonly kind: 'under'; readonly below: typeof BELOW } | { readonly kind: 'count'; readonly count: number };

/**
 * What is shown of a perturbed count: "<6" for any below six, zero among them.
 *
 * @param perturbed cases, as `perturb` gives them; never a true count
 */
export function published(perturbed: number): Published {
  return perturbed < BELOW ? { kind: 'under', below: BELOW } : { kind: 'count', count: perturbed };
}

/**
 * A share of shown counts, so that it tells nothing that they do not.
 *
 * @returns from 0 to 1 (noise may lift a part above its whole: that is shown as all of it); null where the part is not
 *   shown or the whole is below 30
 */
export function share(part: Published, whole: Published): number | null {
  if (part.kind !== 'count' || whole.kind !== 'count' || whole.count < FEWEST_IN_WHOLE) return null;
  return Math.min(1, part.count / whole.count);
}

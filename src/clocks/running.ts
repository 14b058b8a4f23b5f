/**
 * The clocks `k` that run on complaints `c`: what was answered, was taken over by another agency or is closed has none.
 * For the FROM of a query; `ix_clocks_running` finds them by the date they are due.
 */
export const RUNNING_COMPLAINTS = `clocks k JOIN cases c
  ON c.id = k.case_id AND c.path = 'complaint' AND c.status <> 'closed' AND k.met_on IS NULL AND k.stopped_on IS NULL`;

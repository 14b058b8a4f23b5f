/**
 * The condition that the newest key of a case was granted to a person's own current key, for the WHERE of a query.
 *
 * @param found alias of the row of `cases`
 * @param person the parameter that holds the person's id, such as `$3`
 */
export function isGrantedTo(found: string, person: string): string {
  // OFFSET 0 keeps this a question about each case in the order of the list, where a join would have to be sorted.
  return `EXISTS (
  SELECT FROM case_grants g
   WHERE g.case_id = ${found}.id AND g.key = 'case'
     AND g.epoch = (SELECT max(epoch) FROM case_epochs WHERE case_id = ${found}.id AND key = 'case')
     AND g.reader = ANY (ARRAY(
     SELECT kid FROM staff_keys WHERE staff_id = ${person} AND purpose = 'agreement' AND retired_at IS NULL))
  OFFSET 0)`;
}

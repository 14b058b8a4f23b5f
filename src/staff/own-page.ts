const OWN_PAGE = /^\/staff(\/[\w-]+)*(\?[\w=&%.+-]*)?$/;

/** Where somebody was on the way to, if that is a page of ours, else the first of them: never another site. */
export function ownPage(next: unknown): string {
  return typeof next === 'string' && OWN_PAGE.test(next) ? next : '/staff';
}
